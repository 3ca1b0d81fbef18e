import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { SYSTEM_TENANT_ID } from '@techze/contracts';
import { databaseConfig, DatabaseModule } from '@techze/database';
import { Logger, ObservabilityModule } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import {
  auditDataConfig,
  auditRetentionConfig,
  auditSealingConfig,
  AuditSealingModule,
  AuditUpkeep,
  TRAIL_BEGINNING,
  TrailVerifier,
  type TrailFault,
} from '../src/index.js';
import { headHash, NO_HEAD, signHead, type SignedHead } from '../src/trail/batch-head.js';
import { merkleRoot } from '../src/trail/merkle.js';
import { leafOf, type SealedRecord } from '../src/trail/sealed-record.js';
import { HEAD_COLUMNS, RECORD_COLUMNS } from '../src/trail-sql.js';
import { DATA_KEY, newKey, TENANT } from './support/trail.js';

const key = newKey();
const DAY_MS = 24 * 60 * 60 * 1_000;
let testDb: TestDatabase;
let admin: Client;
let automation: INestApplicationContext;

const rows = async <Row extends object>(sql: string, values: unknown[] = []) =>
  (await admin.query<Row>(sql, values)).rows;
const partitions = async (table: string) =>
  (
    await rows<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
      [table],
    )
  ).map(({ name }) => name);
const monthName = async (ahead: number) =>
  (
    await rows<{ name: string }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC' + make_interval(months => $1), 'YYYYMM') AS name`,
      [ahead],
    )
  )[0]?.name ?? '';

async function asService(sql: string, role = 'svc_automation', service: 'automation' | 'diagnostics' = 'automation') {
  const url = new URL(testDb.adminUrl());
  Object.assign(url, { username: testDb.login(service).user, password: testDb.login(service).password });
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('role', $1, true)`, [role]);
    const { rows: found } = await client.query<Record<string, unknown>>(sql);
    await client.query('COMMIT');
    return found;
  } finally {
    await client.end();
  }
}

/** The partitions as they would be had the suite run since January 2025; those tables are empty. */
async function growOld(): Promise<void> {
  const current = await monthName(1);
  for (const [table, trigger] of [
    ['audit_events', 'audit_events_append_only'],
    ['audit_seals', 'audit_seals_append_only'],
  ] as const) {
    const bounds = async (name: string) =>
      (
        await rows<{ to: string }>(
          `SELECT substring(pg_get_expr(relpartbound, oid) from 'TO \\((.*)\\)') AS to FROM pg_class WHERE relname = $1`,
          [name],
        )
      )[0]?.to;
    const first = `${table}_${current}`;
    const to = await bounds(first);
    await admin.query(`SET ROLE techze_owner`);
    await admin.query(`ALTER TABLE ${table} DETACH PARTITION ${first}`);
    await admin.query(
      `ALTER TABLE ${table} ATTACH PARTITION ${first} FOR VALUES FROM ('2025-03-01T00:00:00Z') TO (${to})`,
    );
    for (const [month, from, until] of [
      ['202501', 'MINVALUE', `'2025-02-01T00:00:00Z'`],
      ['202502', `'2025-02-01T00:00:00Z'`, `'2025-03-01T00:00:00Z'`],
    ] as const) {
      await admin.query(`CREATE TABLE ${table}_${month} (LIKE ${table}_default INCLUDING DEFAULTS INCLUDING INDEXES)`);
      await admin.query(`ALTER TABLE ${table}_${month} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`);
      await admin.query(`CREATE TRIGGER ${trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}_${month}
        FOR EACH STATEMENT EXECUTE FUNCTION ${trigger}()`);
      await admin.query(
        `ALTER TABLE ${table} ATTACH PARTITION ${table}_${month} FOR VALUES FROM (${from}) TO (${until})`,
      );
    }
    await admin.query('RESET ROLE');
  }
}

/** Writes records of these moments and seals them in one batch at that moment, as a sealer would have. */
async function batch(sealed_at: string, ...moments: string[]): Promise<void> {
  const [last] = await rows<SignedHead>(
    `SELECT ${HEAD_COLUMNS} FROM audit_heads h WHERE tenant_id = $1 ORDER BY batch DESC LIMIT 1`,
    [TENANT],
  );
  const from_sequence = (last?.to_sequence ?? 0) + 1;
  const leaves: Buffer[] = [];
  const ids: string[] = [];
  for (const [index, moment] of moments.entries()) {
    const id = await record(moment);
    const [stored] = await rows<SealedRecord>(`SELECT ${RECORD_COLUMNS} FROM audit_events e WHERE id = $1`, [id]);
    if (!stored) throw new Error('the record is gone');
    leaves.push(leafOf(TENANT, { ...stored, sequence: from_sequence + index }));
    ids.push(id);
  }
  const head = signHead(
    {
      tenant_id: TENANT,
      batch: (last?.batch ?? 0) + 1,
      from_sequence,
      to_sequence: from_sequence + moments.length - 1,
      root: merkleRoot(leaves).toString('hex'),
      previous: last ? headHash(last) : NO_HEAD,
      sealed_at,
      key_id: key.signing.key_id,
    },
    key.signing.privateKey,
  );
  const { batch: nth, to_sequence, root, previous, key_id, signature } = head;
  await admin.query(
    `INSERT INTO audit_heads VALUES ($1, $2, $3, $4, decode($5, 'hex'), decode($6, 'hex'), $7, $8, decode($9, 'hex'))`,
    [TENANT, nth, from_sequence, to_sequence, root, previous, sealed_at, key_id, signature],
  );
  for (const [index, id] of ids.entries()) {
    await admin.query('INSERT INTO audit_seals VALUES ($1, $2, $3, $4, $5, $6)', [
      TENANT,
      from_sequence + index,
      id,
      nth,
      leaves[index],
      sealed_at,
    ]);
    await admin.query('DELETE FROM audit_unsealed WHERE event_id = $1', [id]);
  }
}
let written = 0;
async function record(moment: string): Promise<string> {
  const id = `aud_${(written += 1)}`;
  await admin.query(
    `INSERT INTO audit_events (tenant_id, id, actor_type, event_type, success, timestamp) VALUES ($1, $2, 'user', 'LOGOUT', true, $3)`,
    [TENANT, id, moment],
  );
  return id;
}

async function verify(keptDays: number) {
  const faults: TrailFault[] = [];
  const since = Date.now() - keptDays * DAY_MS;
  const verifier = new TrailVerifier(TENANT, key.open, (fault) => faults.push(fault), TRAIL_BEGINNING, since);
  const records = await rows<SealedRecord & { leaf: string; id: string | null }>(
    `SELECT s.sequence::float8 AS sequence, encode(s.leaf, 'hex') AS leaf, ${RECORD_COLUMNS}
     FROM audit_seals s LEFT JOIN audit_events e ON e.tenant_id = s.tenant_id AND e.id = s.event_id
     WHERE s.tenant_id = $1 ORDER BY s.sequence`,
    [TENANT],
  );
  for (const head of await rows<SignedHead>(
    `SELECT ${HEAD_COLUMNS} FROM audit_heads h WHERE tenant_id = $1 ORDER BY batch`,
    [TENANT],
  )) {
    verifier.takeHead(head);
    for (const { leaf, ...each } of records)
      if (
        (each.id as string | null) !== null &&
        each.sequence >= head.from_sequence &&
        each.sequence <= head.to_sequence
      )
        verifier.takeRecord(each, leaf);
  }
  const { records: there, expired } = verifier.end();
  return { faults, there, expired };
}
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().replace('Z', '000Z');

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  class App {}
  automation = await NestFactory.createApplicationContext(
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
        ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
        DatabaseModule.forRoot({ role: 'svc_automation', entities: [] }),
        AuditSealingModule,
      ],
    },
    { logger: false },
  );
});
afterAll(async () => {
  await automation?.close();
  await admin?.end();
  await testDb?.drop();
});

describe('partitions of records and seals', () => {
  it('are there from the first moment: one to the end of the next month, two behind it, and one for the rest', async () => {
    const months = [await monthName(1), await monthName(2), await monthName(3)];
    for (const table of ['audit_events', 'audit_seals'])
      expect(await partitions(table)).toEqual([...months, 'default'].map((month) => `${table}_${month}`).sort());
  });

  it('are none of them changed or emptied, by their own names either; not even by a superuser', async () => {
    for (const table of [...(await partitions('audit_events')), ...(await partitions('audit_seals'))])
      for (const sql of [`UPDATE ${table} SET tenant_id = ''`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(admin.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('one that nobody made is made with the records of its month, and those behind it too', async () => {
    const [missing, behind] = [await monthName(2), await monthName(3)];
    await admin.query(`DROP TABLE audit_events_${behind}, audit_events_${missing}`);
    const [{ at } = { at: '' }] = await rows<{ at: string }>(
      `SELECT (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months')::text || 'Z' AS at`,
    );
    const id = await record(at);
    const place = async () =>
      (
        await rows<{ place: string }>('SELECT tableoid::regclass::text AS place FROM audit_events WHERE id = $1', [id])
      )[0]?.place;
    expect(await place()).toBe('audit_events_default');
    await automation.get(AuditUpkeep).run();
    expect(await place()).toBe(`audit_events_${missing}`);
    expect(await partitions('audit_events')).toContain(`audit_events_${behind}`);
    await waitFor(async () => (await rows('SELECT FROM audit_seals WHERE event_id = $1', [id])).length === 1);
  });

  it('are made and dropped by automation alone, and never what is younger than 30 days', async () => {
    for (const call of ['ensure_audit_partitions()', 'drop_expired_audit(400)'])
      for (const role of ['svc_diagnostics', 'svc_worker', 'none'])
        await expect(asService(`SELECT ${call}`, role, 'diagnostics')).rejects.toMatchObject({ code: '42501' });
    for (const days of ['29', '0', '-1', 'NULL'])
      await expect(asService(`SELECT drop_expired_audit(${days})`)).rejects.toMatchObject({ code: '22023' });
    expect(await asService('SELECT * FROM drop_expired_audit(30)')).toEqual([]);
  });
});

describe('what is beyond retention', () => {
  it('goes month by month with its seals, never before its seal; heads stay, the rest verifies, and it is recorded', async () => {
    await waitFor(async () => (await rows('SELECT FROM audit_unsealed')).length === 0);
    await admin.query(`SET session_replication_role = replica; DELETE FROM audit_events; DELETE FROM audit_seals;
      DELETE FROM audit_heads; SET session_replication_role = DEFAULT`);
    await growOld();
    // The sealer is at work on what waits: these two are kept from it.
    await admin.query('ALTER TABLE audit_events DISABLE TRIGGER audit_events_await_seal');
    await batch('2025-01-10T00:00:00.000000Z', '2025-01-09T00:00:00Z', '2025-01-09T01:00:00Z');
    await batch('2025-02-01T00:00:00.400000Z', '2025-01-31T23:59:59.9Z', '2025-02-01T00:00:00.1Z');
    await batch(ago(300), ago(300), ago(300));
    const waiting = await record('2025-01-20T00:00:00Z');
    await admin.query('ALTER TABLE audit_events ENABLE TRIGGER audit_events_await_seal');
    expect(await verify(400)).toEqual({ faults: [], there: 6, expired: 0 });

    expect(await asService('SELECT month, records::int AS records FROM drop_expired_audit(400)')).toEqual([
      { month: '202501', records: 2 },
    ]);
    expect(await verify(400)).toEqual({ faults: [], there: 4, expired: 2 });
    expect(await rows('SELECT FROM audit_events WHERE id = $1', [waiting])).toHaveLength(1);

    await automation.get(AuditUpkeep).run();
    expect(await verify(400)).toEqual({ faults: [], there: 2, expired: 4 });
    expect(await rows('SELECT FROM audit_events WHERE id = $1', [waiting])).toHaveLength(1);
    expect((await partitions('audit_events')).filter((name) => name.includes('2025'))).toEqual([]);
    expect(
      await rows(`SELECT resource_id, details FROM audit_events WHERE tenant_id = $1`, [SYSTEM_TENANT_ID]),
    ).toEqual([{ resource_id: '202502', details: { records: 2, keep_days: 400 } }]);
    expect(
      await rows(
        `SELECT relname FROM pg_class WHERE relname ~ '^audit_(events|seals)_' AND relkind = 'r' AND NOT relforcerowsecurity`,
      ),
    ).toEqual([]);
  });

  it('hides no deletion of what is younger, and no part of a batch', async () => {
    expect((await verify(200)).faults).toEqual([]);
    expect((await verify(700)).faults.length).toBeGreaterThan(0);
    await admin.query(`SET session_replication_role = replica`);
    await admin.query(`DELETE FROM audit_seals WHERE sequence = 5`);
    expect((await verify(200)).faults).toEqual([expect.objectContaining({ batch: 3, sequence: 5 })]);
    await admin.query(`DELETE FROM audit_seals WHERE sequence = 6`);
    await admin.query(`SET session_replication_role = DEFAULT`);
    expect((await verify(400)).faults).toEqual([
      expect.objectContaining({ batch: 3, sequence: 5 }),
      expect.objectContaining({ batch: 3, sequence: 6 }),
    ]);
  });
});
