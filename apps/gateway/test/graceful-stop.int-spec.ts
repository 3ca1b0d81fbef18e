import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freePort, makeKeys, projectRoot } from '@techze/local-stack';
import { ownState, startRedis, testDatabase, waitFor, type RedisServer, type TestDatabase } from '@techze/testing';

const DRAIN_MS = 1_500;

describe('a gateway that is told to stop', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let keys: Awaited<ReturnType<typeof makeKeys>>;
  let gateway: ChildProcess;
  let url: string;
  let output = '';

  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), startRedis()]);
    keys = await makeKeys(join(ownState().path, 'keys'));
  }, 60_000);
  afterEach(() => void gateway.kill('SIGKILL'));
  afterAll(async () => {
    await redis.destroy();
    await database.drop();
  });

  async function start(drainMs: number): Promise<void> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    gateway = spawn(process.execPath, [join(projectRoot(), 'dist/apps/gateway/src/main.js')], {
      env: {
        PATH: process.env.PATH,
        ...database.environment('gateway'),
        REDIS_URL: redis.url,
        PORT: String(port),
        SHUTDOWN_DRAIN_MS: String(drainMs),
        AUTH_SIGNING_KEY_FILE: keys.signingKey('gateway'),
        AUTH_JWKS_FILE: keys.jwks,
        AUTH_REFRESH_KEY_FILE: keys.refreshKey,
        AUDIT_PUBLIC_KEY_FILE: keys.auditPublicKey,
        AUDIT_DATA_KEY_FILE: keys.auditDataKey,
        CURSOR_KEY_FILE: keys.cursorKey,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    output = '';
    gateway.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 200, { timeoutMs: 30_000 });
  }

  it('says so at once, serves on meanwhile, finishes what is under way, and ends with 0', async () => {
    await start(DRAIN_MS);
    const agent = new Agent({ keepAlive: true });
    expect(await connectionOf(url, agent)).toBe('keep-alive');
    const exited = once(gateway, 'exit') as Promise<[number | null, string | null]>;
    const begun = performance.now();
    gateway.kill('SIGTERM');
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 503, { timeoutMs: 1_000 });
    expect((await fetch(`${url}/live`)).status).toBe(200);
    // Whoever kept a connection is told to open its next one, which goes elsewhere.
    expect(await connectionOf(url, agent)).toBe('close');
    agent.destroy();
    expect((await fetch(`${url}/api/v1/auth/me`)).status).toBe(401);
    // Begun before the drain is over, ended after it: a slow caller's last request is still answered.
    expect(await slowLogin(url, DRAIN_MS - (performance.now() - begun) + 500)).toBe(401);
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - begun).toBeGreaterThan(DRAIN_MS);
    expect(performance.now() - begun).toBeLessThan(30_000);
    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; level: string });
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped', level: 'info' });
  }, 60_000);

  it('waits no longer once it is told a second time, and ends in order', async () => {
    await start(60_000);
    const exited = once(gateway, 'exit');
    const begun = performance.now();
    gateway.kill('SIGTERM');
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 503, { timeoutMs: 5_000 });
    gateway.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ msg: 'stopped' });
  }, 60_000);
});

/** What an answer says of its connection. */
function connectionOf(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/live`, { agent }, (answer) => {
      answer.resume().once('end', () => resolve(answer.headers.connection));
    });
    outgoing.once('error', reject).end();
  });
}

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
