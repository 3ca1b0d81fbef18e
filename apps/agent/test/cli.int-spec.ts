import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateDiagnostic, Problem } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { buildAgent, runProcess, script } from './agent-process.js';
import { FakeService, json, loggedIn, problem, silent, stored } from './fake-service.js';
import { wornDisk } from './stored-diagnostics.js';

const folder = mkdtempSync(join(tmpdir(), 'techze-agent-'));
let service: FakeService;
const withNotes = json(200, {
  ...wornDisk,
  sections: { battery: { status: 'error', note: 'Not used: percent: 400 is not a number from 0 to 100.' } },
});

beforeAll(async () => {
  buildAgent();
  service = await FakeService.start({
    '/api/v1/auth/login': [loggedIn],
    '/api/v1/diagnostics': [stored],
    'GET /api/v1/diagnostics/dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70': [withNotes],
    '/refusing/api/v1/diagnostics': [problem(new Problem('forbidden'))],
    '/locked/api/v1/auth/login': [problem(new Problem('invalid-credentials'))],
    '/silent/api/v1/auth/login': [silent],
  });
}, 90_000);

afterAll(async () => {
  await service.stop();
  for (const path of [folder, dirname(script)]) rmSync(path, { recursive: true });
});

/** Every run has a state folder of its own unless one is named. */
const agent = (args: string[], env: Record<string, string> = {}, onStart?: (child: ChildProcess) => void) =>
  runProcess(args, { TECHZE_STATE_DIR: mkdtempSync(join(folder, 'state-')), ...env }, onStart);

const token = { TECHZE_TOKEN: 'token' };
const login = { TECHZE_EMAIL: 'technician@balcao.example', TECHZE_PASSWORD: 'a long pass phrase' };
const quick = ['--type', 'battery'];

describe('collect', () => {
  it('prints a body that the contract takes, and nothing else', async () => {
    const { code, stdout, stderr } = await agent(['collect', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const body = CreateDiagnostic.parse(JSON.parse(stdout));
    expect(Object.keys(body.sections)).toHaveLength(13);
    expect(body.sections.cpu?.status).toBe('ok');
    expect(body.sections.memory?.data?.total).toBeGreaterThan(0);
    expect(Buffer.byteLength(stdout)).toBeLessThan(1024 * 1024);
    expect(body.duration_ms).toBeGreaterThan(1_000);
  });

  it('has rates, not the nulls of a first call', async () => {
    const { stdout } = await agent(['collect', '--json', '--type', 'network']);
    const { sections } = CreateDiagnostic.parse(JSON.parse(stdout));
    const stats = sections.network?.data?.stats as { rx_sec: number | null; ms: number }[];
    expect(stats.length).toBeGreaterThan(0);
    for (const { rx_sec: received, ms } of stats) {
      expect(received).not.toBeNull();
      expect(ms).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('is not held up by a program that hangs', async () => {
    const programs = join(folder, 'hanging');
    mkdirSync(programs);
    writeFileSync(join(programs, 'hostname'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
    const env = { PATH: `${programs}:${process.env.PATH}` };
    const { code, stdout } = await agent(['collect', '--json', '--type', 'security'], env);
    expect(code).toBe(0);
    expect(CreateDiagnostic.parse(JSON.parse(stdout)).sections.os?.status).toBe('ok');
  });

  it('without --json shows each section to a person', async () => {
    const { code, stdout } = await agent(['collect', ...quick]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}battery {2}(ok|unavailable) /m);
  });
});

it('is one file that needs nothing beside it but Node', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await agent(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(readdirSync(dirname(script))).toEqual(['techze-agent.mjs']);
});

describe('run', () => {
  it('logs in, sends what the contract takes, and prints the verdict', async () => {
    const secret = join(folder, 'password');
    writeFileSync(secret, `${login.TECHZE_PASSWORD}\n`);
    const env = { TECHZE_SERVER: service.url, TECHZE_EMAIL: login.TECHZE_EMAIL, TECHZE_PASSWORD_FILE: secret };
    const { code, stdout, stderr } = await agent(['run', ...quick, '--notes', 'slow', '--tag', 'a', '--tag', 'b'], env);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Score 24.5 of 100: critical');
    expect(stdout).toContain(`${service.url}/api/v1/diagnostics/dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70`);
    expect(stdout).toMatch(/battery +error: Not used: percent: 400 is not a number/);
    const sent = service.received.findLast(({ method, path }) => method === 'POST' && path === '/api/v1/diagnostics');
    expect(sent?.headers).toMatchObject({
      authorization: 'Bearer an.access.token',
      'idempotency-key': expect.any(String),
    });
    expect(CreateDiagnostic.parse(sent?.body)).toMatchObject({ type: 'battery', notes: 'slow', tags: ['a', 'b'] });
  });

  it('prints and saves the stored diagnostic as JSON', async () => {
    const file = join(folder, 'stored.json');
    const { code, stdout } = await agent(['run', ...quick, '--server', service.url, '--json', '--save', file], token);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: expect.stringMatching(/^dgn_/), of_a_newer_server: true });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('exit codes', () => {
  const exitCodes: [number, string, () => string[], Record<string, string>, RegExp][] = [
    [2, 'wrong usage', () => ['run', '--bogus'], {}, /unknown option '--bogus'/],
    [4, 'a wrong password', () => ['run', ...quick, '--server', `${service.url}/locked`], login, /Invalid credentials/],
    [5, 'a refusal', () => ['run', ...quick, '--server', `${service.url}/refusing`], token, /Request id: 0d6f7d2e/],
    [
      6,
      'nobody there',
      () => ['run', ...quick, '--server', 'http://127.0.0.1:9'],
      login,
      /Try 1 of 5 failed: .*ECONNREFUSED/,
    ],
  ];

  it.each(exitCodes)('%d: %s', async (expected, _, args, env, words) => {
    const { code, stderr } = await agent(args(), env);
    expect(code).toBe(expected);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n\s+at |a long pass phrase/);
  });

  it('130: interrupted', async () => {
    const before = service.received.length;
    const { code } = await agent(['run', '--server', `${service.url}/silent`], login, (child) => {
      void waitFor(() => service.received.length > before).then(() => child.kill('SIGINT'));
    });
    expect(code).toBe(130);
  });
});
