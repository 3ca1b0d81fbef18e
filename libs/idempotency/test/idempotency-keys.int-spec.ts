import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import type { Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { IdempotencyKeyExpiry } from '../src/idempotency-key-expiry.js';
import { IdempotencyKeys, IdempotencyModule } from '../src/index.js';

const A = 'tnt_a';
const B = 'tnt_b';
const scope = { route: 'POST /things', requestBody: { name: 'thing', tags: ['x'] } };

let testDb: TestDatabase;
let admin: Client;
let app: INestApplicationContext;
let database: Database;
let keys: IdempotencyKeys;

function as<T>(
  tenant_id: string,
  idempotencyKey: string | undefined,
  work: () => Promise<T>,
  service = 'diagnostics',
): Promise<T> {
  const principal: Principal = { kind: 'worker', tenant_id, service, role: 'worker' };
  const context = { requestId: 'r', trace: continueTrace(undefined), deadline: Date.now() + 10_000, principal };
  return runInContext(idempotencyKey === undefined ? context : { ...context, idempotencyKey }, work);
}

/** One keyed request in a transaction of its own. */
function request<T>(
  tenant: string,
  key: string | undefined,
  work: () => Promise<T>,
  changes: Partial<typeof scope> = {},
) {
  return as(tenant, key, () => database.write((manager) => keys.once(manager, { ...scope, ...changes }, work)));
}

const rows = async () => (await admin.query('SELECT tenant_id, route, key FROM idempotency_keys')).rows;

/** Runs `meanwhile` while a request with that key is in the middle of its work. */
async function during<T>(key: string, meanwhile: () => Promise<T>): Promise<T> {
  let finish!: () => void;
  let working!: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const begun = new Promise<void>((resolve) => (working = resolve));
  const holder = request(A, key, () => {
    working();
    return finished;
  });
  await Promise.race([begun, holder]);
  try {
    return await meanwhile();
  } finally {
    finish();
    await holder;
  }
}

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  await admin.query('INSERT INTO tenants (id, name) VALUES ($1, $1), ($2, $2)', [A, B]);
  class App {}
  app = await NestFactory.createApplicationContext(
    {
      module: App,
      imports: [
        ConfigModule.forRoot(loadConfig([databaseConfig], testDb.environment('diagnostics'))),
        ObservabilityModule.forRoot(Logger.to({ write: () => {} })),
        DatabaseModule.forRoot({ role: 'svc_diagnostics', entities: [] }),
        IdempotencyModule.forRoot(),
      ],
    },
    { logger: false },
  );
  database = app.get(Database);
  keys = app.get(IdempotencyKeys);
});
beforeEach(() => admin.query('DELETE FROM idempotency_keys'));
afterAll(async () => {
  await app?.close();
  await admin?.end();
  await testDb?.drop();
});

describe('an idempotency key', () => {
  it('gives the first response again, without the work, whatever the order of the keys in the body', async () => {
    const first = await request(A, 'k1', async () => ({ id: 1, list: [null, 'ü\u0000\ud800'] }));
    expect(first).toEqual({ value: { id: 1, list: [null, 'ü\u0000\ud800'] }, replayed: false });
    const second = await request(A, 'k1', async () => ({ id: 2 }), { requestBody: { tags: ['x'], name: 'thing' } });
    expect(second).toEqual({ value: first.value, replayed: true });
  });

  it('with another body is refused as reused', async () => {
    await request(A, 'k1', async () => 1);
    const other = request(A, 'k1', async () => 2, { requestBody: { name: 'other', tags: [] } });
    await expect(other).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
  });

  it('of an answer that shows a secret brings it back to who asked first, and to nobody else', async () => {
    const ask = (service: string) =>
      as(
        A,
        'k1',
        () => database.write((manager) => keys.once(manager, { ...scope, personal: true }, async () => service)),
        service,
      );
    expect(await ask('workflows')).toEqual({ value: 'workflows', replayed: false });
    await expect(ask('diagnostics')).rejects.toMatchObject({ code: 'idempotency-key-reused', status: 422 });
    expect(await ask('workflows')).toEqual({ value: 'workflows', replayed: true });
  });

  it('belongs to its tenant and route', async () => {
    expect((await request(A, 'k1', async () => 1)).value).toBe(1);
    expect((await request(B, 'k1', async () => 2)).value).toBe(2);
    expect((await request(A, 'k1', async () => 3, { route: 'POST /others' })).value).toBe(3);
    expect(await rows()).toHaveLength(3);
  });

  it('is refused at once while a request with it runs, and replayed after that committed', async () => {
    await during('k1', async () => {
      await expect(request(A, 'k1', async () => 2)).rejects.toMatchObject({
        code: 'idempotency-key-in-use',
        status: 409,
      });
      expect((await request(B, 'k1', async () => 3)).value).toBe(3);
      expect((await request(A, 'k2', async () => 4)).value).toBe(4);
    });
    expect(await request(A, 'k1', async () => 5)).toEqual({ value: null, replayed: true });
  });

  it('leaves nothing when the work or its transaction fails: the next request runs', async () => {
    const failing = request(A, 'k1', () => Promise.reject(new Error('the work failed')));
    await expect(failing).rejects.toThrow('the work failed');
    const rolledBack = as(A, 'k1', () =>
      database.write(async (manager) => {
        await keys.once(manager, scope, async () => 1);
        throw new Error('after the work');
      }),
    );
    await expect(rolledBack).rejects.toThrow('after the work');
    expect(await rows()).toEqual([]);
    expect(await request(A, 'k1', async () => 2)).toEqual({ value: 2, replayed: false });
  });

  it('runs the work once for any number of racing requests that are tried again when told so', async () => {
    let runs = 0;
    const persistent = async (): Promise<unknown> => {
      for (;;) {
        try {
          return (await request(A, 'race', async () => ++runs)).value;
        } catch (error) {
          expect(error).toMatchObject({ code: 'idempotency-key-in-use' });
        }
      }
    };
    expect(await Promise.all(Array.from({ length: 12 }, persistent))).toEqual(Array(12).fill(1));
    expect(runs).toBe(1);
    expect(await rows()).toHaveLength(1);
  });

  it('absent: the same request twice does the work twice', async () => {
    expect((await request(A, undefined, async () => 1)).value).toBe(1);
    expect((await request(A, undefined, async () => 2)).value).toBe(2);
    expect(await rows()).toEqual([]);
  });

  it('counts for nothing after 24 hours, and is then removed for all tenants while younger ones stay', async () => {
    await request(A, 'old', async () => 1);
    await request(A, 'young', async () => 1);
    await request(B, 'old', async () => 1);
    await admin.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second' WHERE key = 'old'`,
    );
    await admin.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes' WHERE key = 'young'`,
    );
    const again = await request(A, 'old', async () => 2, { requestBody: { name: 'another body', tags: [] } });
    expect(again).toEqual({ value: 2, replayed: false });
    expect((await request(A, 'young', async () => 2)).replayed).toBe(true);
    await app.get(IdempotencyKeyExpiry).purge();
    expect(await rows()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'young' }),
        expect.objectContaining({ tenant_id: A, key: 'old' }),
      ]),
    );
    expect(await rows()).toHaveLength(2);
  });
});

describe('one request, delivered twice', () => {
  /** A delivery of the request with that transport id. */
  const delivery = (messageId: string, redelivered: boolean, work: () => Promise<string>) => {
    const principal: Principal = { kind: 'worker', tenant_id: A, service: 'diagnostics', role: 'worker' };
    const trace = continueTrace(undefined);
    return runInContext(
      { requestId: 'r', trace, deadline: Date.now() + 10_000, principal, messageId, redelivered },
      () => database.write((manager) => keys.once(manager, scope, work)),
    );
  };

  it('waits for its first delivery and is given what that one did, key or no key', async () => {
    let finish!: () => void;
    let working!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const begun = new Promise<void>((resolve) => (working = resolve));
    const first = delivery('message-1', false, async () => {
      working();
      await finished;
      return 'done once';
    });
    await begun;
    const second = delivery('message-1', true, () => Promise.reject(new Error('must not run')));
    const waits = async () =>
      (await admin.query("select 1 from pg_locks where locktype = 'advisory' and not granted")).rowCount;
    await waitFor(waits);
    finish();
    expect(await first).toEqual({ value: 'done once', replayed: false });
    expect(await second).toEqual({ value: 'done once', replayed: true });
  });

  it('and two requests without a key are two', async () => {
    const answers = await Promise.all(
      ['message-2', 'message-3'].map((id) => delivery(id, false, () => Promise.resolve(id))),
    );
    expect(answers.map(({ replayed }) => replayed)).toEqual([false, false]);
  });
});
