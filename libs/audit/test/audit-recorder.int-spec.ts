import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { SYSTEM_TENANT_ID, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { auditDataConfig, AuditModule, AuditRecorder, type AuditRecord } from '../src/index.js';
import { DATA_KEY } from './support/trail.js';

const A = 'tnt_a';
const SUB = '0192a8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70';
const person: Principal = { kind: 'user', tenant_id: A, sub: SUB, sid: 'ses_1', role: 'technician' };
const created: AuditRecord = { event_type: 'DIAGNOSTIC_CREATED', resource_id: 'dgn_1', success: true };

let testDb: TestDatabase;
let admin: Client;
let app: INestApplicationContext;
let database: Database;
let recorder: AuditRecorder;

function as<T>(principal: Principal | undefined, work: () => Promise<T>, userAgent = 'curl/8'): Promise<T> {
  const context = {
    requestId: '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11',
    trace: continueTrace(undefined),
    deadline: Date.now() + 10_000,
    ipAddress: '203.0.113.7',
    userAgent,
  };
  return runInContext(principal === undefined ? context : { ...context, principal }, work);
}
const record = (entry: AuditRecord) => database.write((manager) => recorder.record(manager, entry));
const rows = async () => (await admin.query('SELECT * FROM audit_events ORDER BY id')).rows;

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  await admin.query('INSERT INTO tenants (id, name) VALUES ($1, $1), ($2, $2) ON CONFLICT DO NOTHING', [
    A,
    SYSTEM_TENANT_ID,
  ]);
  class App {}
  app = await NestFactory.createApplicationContext(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(
          loadConfig([databaseConfig, auditDataConfig], {
            ...testDb.environment('diagnostics'),
            AUDIT_DATA_KEY: DATA_KEY,
          }),
        ),
        ObservabilityModule.forRoot(Logger.to({ write: () => {} })),
        DatabaseModule.forRoot({ role: 'svc_diagnostics', entities: [] }),
        AuditModule.forRoot(),
      ],
    },
    { logger: false },
  );
  database = app.get(Database);
  recorder = app.get(AuditRecorder);
});
beforeEach(() =>
  admin.query(`SET session_replication_role = replica; DELETE FROM audit_events; RESET session_replication_role`),
);
afterAll(async () => {
  await app?.close();
  await admin?.end();
  await testDb?.drop();
});

describe('the audit recorder', () => {
  it('writes who, what, where from and in which request', async () => {
    await as(person, () => record({ ...created, details: { score: 71, password: 'hunter2' } }));
    expect(await rows()).toEqual([
      {
        id: expect.stringMatching(/^aud_[0-9a-f]{32}$/),
        tenant_id: A,
        timestamp: expect.any(Date),
        user_id: SUB,
        actor_type: 'user',
        event_type: 'DIAGNOSTIC_CREATED',
        resource_id: 'dgn_1',
        ip_address: '203.0.113.7',
        user_agent: 'curl/8',
        success: true,
        details: { score: 71, password: '[redacted]' },
        request_id: '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11',
      },
    ]);
  });

  it('names an agent by its device and a worker by its service', async () => {
    await as({ kind: 'agent', tenant_id: A, device_id: 'dev_1', role: 'agent' }, () => record(created));
    await as({ kind: 'worker', tenant_id: A, service: 'ai', role: 'worker' }, () => record(created));
    expect((await rows()).map(({ actor_type, user_id }) => [actor_type, user_id])).toEqual([
      ['agent', 'dev_1'],
      ['worker', 'ai'],
    ]);
  });

  it('takes an explicit actor where nobody is signed in', async () => {
    const nobody = { tenant_id: SYSTEM_TENANT_ID, actor_type: 'anonymous', user_id: null } as const;
    const session = database.as({ role: 'service', claims: { tenant_id: SYSTEM_TENANT_ID, role: 'worker' } });
    await as(undefined, () =>
      session.write((manager) =>
        recorder.record(manager, { event_type: 'LOGIN_FAILED', resource_id: null, success: false, actor: nobody }),
      ),
    );
    expect(await rows()).toEqual([
      expect.objectContaining({ ...nobody, success: false, resource_id: null, details: {}, ip_address: '203.0.113.7' }),
    ]);
  });

  it('refuses to write a record of nobody', async () => {
    await expect(as(undefined, () => record(created))).rejects.toThrow('needs a principal');
  });

  it('makes hostile text harmless and keeps it short', async () => {
    const agent = `\u0000\u001b[2J\u202e${'x'.repeat(2000)}`;
    await as(person, () => record({ ...created, resource_id: 'a\u0000b', details: { text: '\u0000\ud800' } }), agent);
    const [row] = await rows();
    expect(row.user_agent).toMatch(/^\[2Jx{500,508}$/);
    expect(row.resource_id).toBe('ab');
    expect(row.details).toEqual({ text: '\ufffd' });
  });

  it('is part of the change: neither is there without the other', async () => {
    const change = (entry: AuditRecord, fail = false) =>
      as(person, () =>
        database.write(async (manager) => {
          await manager.query(
            `INSERT INTO idempotency_keys (tenant_id, route, key, request_hash, response) VALUES ($1, 'r', 'k', 'h', 'null')`,
            [A],
          );
          await recorder.record(manager, entry);
          if (fail) throw new Error('after the record');
        }),
      );
    const changes = async () => (await admin.query('SELECT 1 FROM idempotency_keys')).rowCount;
    await expect(change(created, true)).rejects.toThrow('after the record');
    const elsewhere = { tenant_id: 'tnt_b', actor_type: 'user', user_id: SUB } as const;
    await expect(change({ ...created, actor: elsewhere })).rejects.toThrow();
    expect([await changes(), await rows()]).toEqual([0, []]);
    await change(created);
    expect([await changes(), (await rows()).length]).toEqual([1, 1]);
  });
});
