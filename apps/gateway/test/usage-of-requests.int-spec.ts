import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { freePort, makeKeys, projectRoot } from '@techze/local-stack';
import { QuantileSketch } from '@techze/sketch';
import { ownState, startRedis, testDatabase, waitFor, type RedisServer, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';

const PASSWORD = 'a password of some length';

interface Row {
  readonly tenant_id: string;
  readonly call: string;
  readonly requests: number;
  readonly client_errors: number;
  readonly rejected: number;
  readonly server_errors: number;
  readonly timed: number;
}

describe('what requests leave in the usage record', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let gateway: ChildProcess;
  let admin: Client;
  let url: string;

  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), startRedis()]);
    admin = new Client({ connectionString: database.adminUrl() });
    await admin.connect();
    const keys = await makeKeys(join(ownState().path, 'keys'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = spawn(process.execPath, [join(projectRoot(), 'dist/apps/gateway/src/main.js')], {
      env: {
        PATH: process.env.PATH,
        ...database.environment('gateway'),
        REDIS_URL: redis.url,
        PORT: String(port),
        SHUTDOWN_DRAIN_MS: '0',
        LOG_LEVEL: 'warn',
        RATE_LIMIT_API_HEAVY: '3/minute',
        AUTH_SIGNING_KEY_FILE: keys.signingKey('gateway'),
        AUTH_JWKS_FILE: keys.jwks,
        AUTH_REFRESH_KEY_FILE: keys.refreshKey,
        AUDIT_PUBLIC_KEY_FILE: keys.auditPublicKey,
        AUDIT_DATA_KEY_FILE: keys.auditDataKey,
        CURSOR_KEY_FILE: keys.cursorKey,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 200, { timeoutMs: 60_000 });
  }, 90_000);
  afterAll(async () => {
    gateway.kill('SIGKILL');
    await admin.end();
    await redis.destroy();
    await database.drop();
  });

  /** @returns a token of somebody of that role in a tenant of his own */
  async function logIn(tenant: string, role: string): Promise<string> {
    const email = `${role}@${tenant.replace('_', '-')}.example`;
    await admin.query('insert into tenants (id, name) values ($1, $1)', [tenant]);
    await admin.query(
      'insert into users (id, tenant_id, email, name, role, password_hash) values ($1, $2, $3, $4, $5, $6)',
      [randomUUID(), tenant, email, 'Somebody', role, await hash(PASSWORD)],
    );
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  it('is each request once, by its route’s template and its outcome; what is nobody’s leaves nothing; a stop writes the rest', async () => {
    const [viewer, manager] = await Promise.all([logIn('tnt_a', 'viewer'), logIn('tnt_b', 'admin')]);
    const ask = async (times: number, expected: number, path: string, token?: string, method = 'GET') => {
      const headers = new Headers(token === undefined ? [] : [['authorization', `Bearer ${token}`]]);
      for (let nth = 0; nth < times; nth += 1) {
        const answer = await fetch(`${url}${path.replace('{nth}', String(nth))}`, { method, headers });
        await answer.text();
        expect([path, answer.status]).toEqual([path, expected]);
      }
    };
    await Promise.all([
      ask(7, 200, '/api/v1/auth/me', viewer),
      ask(1, 200, '/api/v1/auth/me', viewer, 'HEAD'),
      ask(3, 422, '/api/v1/devices?limit=secret-{nth}', viewer),
      ask(2, 403, '/api/v1/users?secret={nth}', viewer),
      // None of the other services runs.
      ask(4, 503, '/api/v1/devices/secret-{nth}', viewer),
      ask(5, 404, '/api/v1/users/secret-{nth}', manager),
      ask(2, 200, '/api/v1/auth/me?secret', manager),
      ask(3, 200, '/api/v1/audit', manager),
      ask(3, 401, '/api/v1/auth/me'),
      ask(2, 404, '/api/v1/secret', viewer),
      ask(2, 405, '/api/v1/auth/me', viewer, 'PUT'),
    ]);
    await ask(2, 429, '/api/v1/audit', manager);
    const exited = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const { rows } = await admin.query<Row>(
      `select tenant_id, method || ' ' || route as call, sum(requests)::int as requests, sum(client_errors)::int as client_errors,
         sum(rejected)::int as rejected, sum(server_errors)::int as server_errors, sum(timed)::int as timed
       from api_usage group by 1, 2 order by 1, 2`,
    );
    const none = { client_errors: 0, rejected: 0, server_errors: 0 };
    expect(rows).toEqual([
      { ...none, tenant_id: 'tnt_a', call: 'GET /api/v1/auth/me', requests: 7, timed: 7 },
      { ...none, tenant_id: 'tnt_a', call: 'GET /api/v1/devices', requests: 3, client_errors: 3, timed: 3 },
      { ...none, tenant_id: 'tnt_a', call: 'GET /api/v1/devices/:id', requests: 4, server_errors: 4, timed: 4 },
      { ...none, tenant_id: 'tnt_a', call: 'GET /api/v1/users', requests: 2, client_errors: 2, timed: 2 },
      { ...none, tenant_id: 'tnt_a', call: 'HEAD /api/v1/auth/me', requests: 1, timed: 1 },
      { ...none, tenant_id: 'tnt_b', call: 'GET /api/v1/audit', requests: 5, rejected: 2, timed: 5 },
      { ...none, tenant_id: 'tnt_b', call: 'GET /api/v1/auth/me', requests: 2, timed: 2 },
      { ...none, tenant_id: 'tnt_b', call: 'GET /api/v1/users/:id', requests: 5, client_errors: 5, timed: 5 },
    ]);
    expect((await admin.query(`select from api_usage where api_usage::text like '%secret%'`)).rowCount).toBe(0);
    const sketches = await admin.query<{ sketch: Buffer; timed: number; min_ms: number; max_ms: number }>(
      'select * from api_usage',
    );
    for (const { sketch, timed, min_ms, max_ms } of sketches.rows) {
      const read = QuantileSketch.fromBytes(sketch);
      expect(read.count).toBe(timed);
      expect(read.quantile(0)! / min_ms).toBeCloseTo(1, 1);
      expect(read.quantile(1)! / max_ms).toBeCloseTo(1, 1);
    }
  }, 60_000);
});
