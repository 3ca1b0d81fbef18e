import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { freePort, makeKeys, projectRoot } from '@techze/local-stack';
import { ownState, startRedis, testDatabase, waitFor, type RedisServer, type TestDatabase } from '@techze/testing';

const DRAIN_MS = 1_500;

describe('a gateway that is told to stop', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let gateway: ChildProcess;
  let url: string;
  let output = '';

  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), startRedis()]);
    const keys = await makeKeys(join(ownState().path, 'keys'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = spawn(process.execPath, [join(projectRoot(), 'dist/apps/gateway/src/main.js')], {
      env: {
        PATH: process.env.PATH,
        ...database.environment('gateway'),
        REDIS_URL: redis.url,
        PORT: String(port),
        SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
        AUTH_SIGNING_KEY_FILE: keys.signingKey('gateway'),
        AUTH_JWKS_FILE: keys.jwks,
        AUTH_REFRESH_KEY_FILE: keys.refreshKey,
        AUDIT_PUBLIC_KEY_FILE: keys.auditPublicKey,
        AUDIT_DATA_KEY_FILE: keys.auditDataKey,
        CURSOR_KEY_FILE: keys.cursorKey,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    gateway.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 200, { timeoutMs: 30_000 });
  }, 60_000);
  afterAll(async () => {
    gateway.kill('SIGKILL');
    await redis.destroy();
    await database.drop();
  });

  it('says so at once, serves on meanwhile, finishes what is under way, and ends with 0', async () => {
    const exited = once(gateway, 'exit') as Promise<[number | null, string | null]>;
    const start = performance.now();
    gateway.kill('SIGTERM');
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 503, { timeoutMs: 1_000 });
    expect((await fetch(`${url}/live`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/auth/me`)).status).toBe(401);
    // Begun before the drain is over, ended after it: a slow caller's last request is still answered.
    expect(await slowLogin(url, DRAIN_MS - (performance.now() - start) + 500)).toBe(401);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - start).toBeGreaterThan(DRAIN_MS);
    expect(performance.now() - start).toBeLessThan(30_000);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; level: string });
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped', level: 'info' });
  }, 40_000);
});

/** Logs in with a body of which the last byte comes only after a while. @returns the status */
function slowLogin(url: string, afterMs: number): Promise<number> {
  const body = JSON.stringify({ email: 'nobody@nowhere.example', password: 'not the password at all' });
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    outgoing.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.once('error', reject);
    outgoing.write(body.slice(0, -1));
    setTimeout(() => outgoing.end(body.slice(-1)), afterMs);
  });
}
