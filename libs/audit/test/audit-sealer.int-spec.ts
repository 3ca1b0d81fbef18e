import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { databaseConfig, DatabaseModule } from '@techze/database';
import { Logger, ObservabilityModule } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import {
  auditDataConfig,
  auditRetentionConfig,
  auditSealingConfig,
  AuditSealingModule,
  TRAIL_BEGINNING,
  TrailVerifier,
  type TrailFault,
} from '../src/index.js';
import { HEAD_LOGGED, type SignedHead } from '../src/trail/batch-head.js';
import { HEAD_COLUMNS, RECORD_COLUMNS } from '../src/trail-sql.js';
import { DATA_KEY, newKey } from './support/trail.js';

const key = newKey();
let testDb: TestDatabase;
let admin: Client;
let open: INestApplicationContext[] = [];
let logged: { msg: string; head?: SignedHead; level: string }[] = [];

/** A process that seals; several of them are several replicas. */
async function startSealer(): Promise<INestApplicationContext> {
  class App {}
  const app = await NestFactory.createApplicationContext(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(
          loadConfig([databaseConfig, auditDataConfig, auditRetentionConfig, auditSealingConfig], {
            ...testDb.environment('automation'),
            AUDIT_SIGNING_KEY: key.secretPem,
            AUDIT_DATA_KEY: DATA_KEY,
          }),
        ),
        ObservabilityModule.forRoot(
          Logger.to({ write: (line: string) => void logged.push(JSON.parse(line) as (typeof logged)[0]) }),
        ),
        DatabaseModule.forRoot({ role: 'svc_automation', entities: [] }),
        AuditSealingModule,
      ],
    },
    { logger: false },
  );
  open.push(app);
  return app;
}
const stopSealers = async () => {
  await Promise.all(open.map((app) => app.close()));
  open = [];
};

const INSERT = `INSERT INTO audit_events (tenant_id, id, actor_type, event_type, success, details, timestamp)
  SELECT $1, 'aud_' || gen_random_uuid(), 'user', 'LOGIN_SUCCEEDED', true,
    json_build_object('nth', nth, 'text', 'ação =1+1 "x" 🙂'), clock_timestamp() FROM generate_series(1, $2::int) nth`;
const write = (tenant: string, records: number) => admin.query(INSERT, [tenant, records]);
const sealed = async () => (await admin.query(`SELECT FROM audit_unsealed`)).rowCount === 0;
const untilSealed = () => waitFor(sealed, { timeoutMs: 20_000 });

/** Checks a tenant's trail as the superuser sees it. */
async function verify(tenant: string): Promise<{ faults: TrailFault[]; records: number; batches: number }> {
  const faults: TrailFault[] = [];
  const verifier = new TrailVerifier(tenant, key.open, (fault) => faults.push(fault), TRAIL_BEGINNING, 0);
  const heads = await admin.query<SignedHead>(
    `SELECT ${HEAD_COLUMNS} FROM audit_heads h WHERE tenant_id = $1 ORDER BY batch`,
    [tenant],
  );
  const { rows } = await admin.query(
    `SELECT s.sequence::float8 AS sequence, encode(s.leaf, 'hex') AS leaf, ${RECORD_COLUMNS}
     FROM audit_seals s JOIN audit_events e ON e.tenant_id = s.tenant_id AND e.id = s.event_id
     WHERE s.tenant_id = $1 ORDER BY s.sequence`,
    [tenant],
  );
  for (const head of heads.rows) {
    verifier.takeHead(head);
    for (const { leaf, ...record } of rows)
      if (record.sequence >= head.from_sequence && record.sequence <= head.to_sequence)
        verifier.takeRecord(record, leaf as string);
  }
  const { records, batches } = verifier.end();
  return { faults, records, batches };
}

/** Does what no grant allows and no trigger lets pass. */
async function tamper(sql: string, values: unknown[] = []): Promise<void> {
  await admin.query('SET session_replication_role = replica');
  const { rowCount } = await admin.query(sql, values);
  await admin.query('SET session_replication_role = DEFAULT');
  expect(rowCount).toBeGreaterThan(0);
}

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
});
beforeEach(async () => {
  logged = [];
  await admin.query(`SET session_replication_role = replica; DELETE FROM audit_events; DELETE FROM audit_seals;
    DELETE FROM audit_heads; DELETE FROM audit_unsealed; SET session_replication_role = DEFAULT`);
});
afterEach(stopSealers);
afterAll(async () => {
  await admin?.end();
  await testDb?.drop();
});

describe('sealing', () => {
  it('gives every record of every tenant a place within two seconds, and signs for it', async () => {
    await startSealer();
    await write('tnt_a', 3);
    await write('tnt_b', 1200);
    const from = performance.now();
    await untilSealed();
    expect(performance.now() - from).toBeLessThan(2_000);
    expect(await verify('tnt_a')).toEqual({ faults: [], records: 3, batches: 1 });
    expect(await verify('tnt_b')).toMatchObject({ faults: [], records: 1200 });
    await write('tnt_a', 2);
    await untilSealed();
    expect(await verify('tnt_a')).toEqual({ faults: [], records: 5, batches: 2 });
  });

  it('puts each head into the log too, as it stands in the database', async () => {
    await startSealer();
    await write('tnt_a', 2);
    await waitFor(() => logged.some(({ msg }) => msg === HEAD_LOGGED));
    const { rows } = await admin.query(`SELECT ${HEAD_COLUMNS} FROM audit_heads h`);
    expect(logged.filter(({ msg }) => msg === HEAD_LOGGED).map(({ head }) => head)).toEqual(rows);
  });

  it('makes no gap, no double and no fork: three sealers, eight writers, some of whose transactions fail', async () => {
    await Promise.all([startSealer(), startSealer(), startSealer()]);
    const writer = async (nth: number) => {
      const client = new Client({ connectionString: testDb.adminUrl() });
      await client.connect();
      for (let round = 0; round < 40; round += 1) {
        await client.query('BEGIN');
        await client.query(INSERT, [nth % 2 ? 'tnt_a' : 'tnt_b', 1 + (round % 3)]);
        await client.query(round % 10 === 9 ? 'ROLLBACK' : 'COMMIT');
      }
      await client.end();
    };
    await Promise.all(Array.from({ length: 8 }, (_, nth) => writer(nth)));
    await untilSealed();
    for (const tenant of ['tnt_a', 'tnt_b']) {
      const { rows } = await admin.query('SELECT count(*)::int AS n FROM audit_events WHERE tenant_id = $1', [tenant]);
      expect(await verify(tenant)).toMatchObject({ faults: [], records: rows[0].n });
    }
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('survives a sealer that is cut off in the middle, wherever: the next one goes on without a gap', async () => {
    const app = await startSealer();
    for (let round = 0; round < 6; round += 1) {
      await write('tnt_a', 600);
      // Its server processes end wherever they are: as a kill -9 of the sealer looks from the database.
      await waitFor(async () => (await admin.query(CUT_SEALERS)).rowCount !== 0);
    }
    await startSealer();
    await app.close();
    open = open.filter((each) => each !== app);
    await untilSealed();
    expect(await verify('tnt_a')).toMatchObject({ faults: [], records: 3600 });
  }, 60_000);

  it('waits for one that hangs, without sealing twice, and goes on when it is gone', async () => {
    const hung = new Client({ connectionString: testDb.adminUrl() });
    await hung.connect();
    await hung.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('audit-seal tnt_a', 0))`);
    await startSealer();
    await write('tnt_a', 1);
    await write('tnt_b', 1);
    await waitFor(async () => (await verify('tnt_b')).records === 1);
    expect((await verify('tnt_a')).records).toBe(0);
    await hung.end();
    await untilSealed();
    expect(await verify('tnt_a')).toEqual({ faults: [], records: 1, batches: 1 });
  });

  it('leaves nothing under way when the process ends', async () => {
    const app = await startSealer();
    await write('tnt_a', 3000);
    const closing = app.close();
    await closing;
    open = [];
    expect((await verify('tnt_a')).faults).toEqual([]);
  });
});

const CUT_SEALERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND usename = 'techze_automation' AND state <> 'idle'`;

describe('tampering by a superuser is found:', () => {
  const place = (sequence: number) =>
    `(SELECT event_id FROM audit_seals WHERE tenant_id = 'tnt_a' AND sequence = ${sequence})`;
  beforeEach(async () => {
    await startSealer();
    await write('tnt_a', 5);
    await untilSealed();
    await write('tnt_a', 4);
    await untilSealed();
    await stopSealers();
    expect(await verify('tnt_a')).toEqual({ faults: [], records: 9, batches: 2 });
  });

  it.each([
    ['an update, which record', `UPDATE audit_events SET success = false WHERE id = ${place(3)}`, [1, 3, /changed/]],
    [
      'an update of one microsecond',
      `UPDATE audit_events SET timestamp = timestamp + interval '1 microsecond' WHERE id = ${place(7)}`,
      [2, 7, /changed/],
    ],
    ['an update of details', `UPDATE audit_events SET details = '{"nth":1}' WHERE id = ${place(7)}`, [2, 7, /changed/]],
    ['a delete, which record', `DELETE FROM audit_events WHERE id = ${place(4)}`, [1, 4, /deleted/]],
    ['a deleted seal', `DELETE FROM audit_seals WHERE sequence = 4`, [1, 4, /deleted/]],
    ['a deleted batch', `DELETE FROM audit_heads WHERE batch = 1`, [2, null, /batch 1 is missing/]],
    ['a changed head', `UPDATE audit_heads SET root = root || '\\x00' WHERE batch = 1`, [1, null, /not genuine/]],
    [
      'an insert behind the end',
      `WITH added AS (INSERT INTO audit_events (tenant_id, id, actor_type, event_type, success)
         VALUES ('tnt_a', 'aud_new', 'user', 'LOGOUT', true))
       UPDATE audit_seals SET event_id = 'aud_new' WHERE sequence = 9`,
      [2, 9, /changed/],
    ],
  ] as const)('%s', async (_what, sql, [batch, sequence, detail]) => {
    await tamper(sql);
    const { faults } = await verify('tnt_a');
    expect(faults).toContainEqual(expect.objectContaining({ batch, sequence, detail: expect.stringMatching(detail) }));
  });

  it('records that changed places', async () => {
    await tamper(`UPDATE audit_seals SET sequence = 1000 WHERE sequence = 2`);
    await tamper(`UPDATE audit_seals SET sequence = 2 WHERE sequence = 3`);
    await tamper(`UPDATE audit_seals SET sequence = 3 WHERE sequence = 1000`);
    const { faults } = await verify('tnt_a');
    expect(faults).toEqual([expect.objectContaining({ batch: 1 })]);
  });

  it('a record inserted among others moves every place behind it', async () => {
    await tamper(`UPDATE audit_seals SET sequence = sequence + 1000 WHERE sequence >= 3`);
    await tamper(`UPDATE audit_seals SET sequence = sequence - 999 WHERE sequence > 1000`);
    await tamper(
      `INSERT INTO audit_events (tenant_id, id, actor_type, event_type, success) VALUES ('tnt_a', 'aud_new', 'user', 'LOGOUT', true)`,
    );
    await tamper(`INSERT INTO audit_seals VALUES ('tnt_a', 3, 'aud_new', 1, sha256('x'))`);
    const { faults } = await verify('tnt_a');
    expect(faults.map(({ batch }) => batch)).toEqual([1, 2]);
  });
});

describe('what grants and triggers hold', () => {
  it('nobody of the suite changes a record, a seal or a head; not even its owner', async () => {
    await startSealer();
    await write('tnt_a', 1);
    await untilSealed();
    for (const table of ['audit_events', 'audit_seals', 'audit_heads'])
      for (const sql of [`UPDATE ${table} SET tenant_id = tenant_id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(admin.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('a record and its place in the queue are written together or not at all', async () => {
    await admin.query('BEGIN');
    await write('tnt_a', 1);
    expect((await admin.query('SELECT FROM audit_unsealed')).rowCount).toBe(1);
    await admin.query('ROLLBACK');
    expect((await admin.query('SELECT FROM audit_unsealed')).rowCount).toBe(0);
  });
});
