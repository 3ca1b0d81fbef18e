import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Demo, sharedSuite } from '@techze/testing';
import { buildAgent, runProcess, script } from './agent-process.js';

/** The agent as it ships, before the whole suite. */
const folder = mkdtempSync(join(tmpdir(), 'techze-agent-'));
const QUICK = ['--type', 'battery'];
let suite: Demo;
let admin: string;

beforeAll(async () => {
  suite = sharedSuite();
  buildAgent();
  const user = suite.tenants[0]?.users.find(({ role }) => role === 'admin');
  admin = (
    await ask<{ access_token: string }>('/api/v1/auth/login', '', { email: user?.email, password: user?.password })
  ).access_token;
}, 90_000);

afterAll(() => {
  for (const path of [folder, dirname(script)]) rmSync(path, { recursive: true, force: true });
});

async function ask<T>(path: string, token: string, json?: unknown, method = json === undefined ? 'GET' : 'POST') {
  const response = await fetch(suite.base_url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

interface KeptEnrollment {
  device_id: string;
}

/** Enrolls an agent with a state folder of its own. */
async function enrolled(server = suite.base_url) {
  const state = mkdtempSync(join(folder, 'state-'));
  const { token } = await ask<{ token: string }>('/api/v1/enrollment-tokens', admin, { name: 'agent test' });
  const env = { TECHZE_STATE_DIR: state };
  const { code, stderr } = await runProcess(['enroll', '--server', server], { ...env, TECHZE_ENROLLMENT_TOKEN: token });
  expect([code, stderr]).toEqual([0, '']);
  const kept = JSON.parse(readFileSync(join(state, 'enrollment.json'), 'utf8')) as KeptEnrollment;
  const agent = (...args: string[]) => runProcess(args, env);
  return { state, token, agent, ...kept };
}

interface Listed {
  data: { id: string; device_id: string; agent: { id?: string } | null }[];
}

const storedOf = async (deviceId: string) =>
  (await ask<Listed>(`/api/v1/diagnostics?device_id=${deviceId}`, admin)).data.map(({ id }) => id);

it('enrolls, sends a diagnostic of this machine as its own device, and shows the verdict', async () => {
  const { agent, device_id: deviceId } = await enrolled();
  const { code, stdout, stderr } = await agent('run', '--type', 'full', '--tag', 'agent-test');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ {2}Score [\d.]+ of 100: /m);
  const [id] = await storedOf(deviceId);
  expect(stdout).toContain(`${suite.base_url}/api/v1/diagnostics/${id}`);
});

it('is judged by what it collects: every section that it could read is one that scoring understands', async () => {
  const { agent } = await enrolled();
  const { stdout } = await agent('run', '--json');
  const diagnostic = JSON.parse(stdout) as {
    id: string;
    health: { categories: { name: string; reason: string | null }[] };
  };
  const observed = diagnostic.health.categories.filter(({ reason }) => reason === null).map(({ name }) => name);
  expect(observed).toEqual(expect.arrayContaining(['storage', 'memory', 'performance', 'network']));
});

it('cannot use a token twice', async () => {
  const { token } = await enrolled();
  const env = { TECHZE_STATE_DIR: mkdtempSync(join(folder, 'state-')), TECHZE_ENROLLMENT_TOKEN: token };
  const { code, stderr } = await runProcess(['enroll', '--server', suite.base_url], env);
  expect(code).toBe(4);
  expect(stderr).toMatch(/401 invalid-enrollment-token[^]*Ask for a new enrollment token/);
});

it('is told by the doctor that all is well between it and the server', async () => {
  const { agent } = await enrolled();
  const { stdout } = await agent('doctor', '--json');
  const { checks } = JSON.parse(stdout) as { checks: { area: string; name: string; status: string }[] };
  const statuses = checks.filter(({ area }) => area === 'server').map(({ name, status }) => [name, status]);
  expect(statuses).toEqual([
    ['reachable', 'ok'],
    ['clock', 'ok'],
    ['credential', 'ok'],
  ]);
});

it('keeps what it cannot send once its credential is revoked, and sends it after it is enrolled anew', async () => {
  const { agent, state, device_id: deviceId } = await enrolled();
  await ask(`/api/v1/devices/${deviceId}/revoke`, admin, undefined, 'POST');
  const refused = await agent('run', ...QUICK);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(/enroll it again with --force[^]*in the spool/);
  const { token } = await ask<{ token: string }>('/api/v1/enrollment-tokens', admin, { name: 'again' });
  const env = { TECHZE_STATE_DIR: state, TECHZE_ENROLLMENT_TOKEN: token };
  expect((await runProcess(['enroll', '--force', '--server', suite.base_url], env)).code).toBe(0);
  const after = JSON.parse(readFileSync(join(state, 'enrollment.json'), 'utf8')) as KeptEnrollment;
  expect(after.device_id).toBe(deviceId);
  expect(await agent('spool', 'flush')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 sent, 0 wait.') });
  expect(await storedOf(deviceId)).toHaveLength(1);
});

/** A way to the suite on which the answers of the first uploads get lost. */
async function lossyWay(losses: number) {
  let left = losses;
  const server = createServer((incoming, outgoing) => {
    const onward = httpRequest(
      suite.base_url + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (incoming.method === 'POST' && incoming.url === '/api/v1/diagnostics' && left-- > 0) {
          answer.resume().once('end', () => outgoing.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

it('is stored once though its answers were lost, within a run and from one to the next', async () => {
  const way = await lossyWay(7);
  try {
    const { agent, device_id: deviceId, state } = await enrolled(way.url);
    // Five tries of one diagnostic, all stored as one, all unanswered.
    expect((await agent('run', ...QUICK)).code).toBe(6);
    expect(await storedOf(deviceId)).toHaveLength(1);
    // Two more unanswered, then the rest: the old one is told to be stored already, the new one is stored.
    writeFileSync(join(state, 'config.json'), JSON.stringify({ tags: ['second'] }));
    expect((await agent('run', ...QUICK)).code).toBe(0);
    expect(await storedOf(deviceId)).toHaveLength(2);
  } finally {
    way.close();
  }
});
