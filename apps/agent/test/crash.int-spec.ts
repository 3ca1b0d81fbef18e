import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@techze/testing';
import { Spool } from '../src/spool/spool.js';
import { cycleProcess } from '../src/watch/cycle-process.js';
import { buildAgent, runProcess, script } from './agent-process.js';
import { DiagnosticsStore } from './diagnostics-store.js';
import { type Answer, FakeService, json, silent } from './fake-service.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const POST = 'POST /api/v1/diagnostics';
const ENROLL = 'POST /api/v1/devices/enroll';
const QUICK = ['--type', 'battery'];

let service: FakeService;

beforeAll(buildAgent, 90_000);
afterEach(() => service.stop());
afterAll(() => {
  removeScratchFolders();
  rmSync(dirname(script), { recursive: true, force: true });
});

/** An enrolled machine before a service with those answers. */
async function setUp(answers: Record<string, Answer[]>) {
  service = await FakeService.start(answers);
  const state = join(scratchFolder(), 'state');
  mkdirSync(state);
  const enrollment = {
    server: `${service.url}/`,
    device_id: `dev_${'1'.repeat(32)}`,
    credential: `tzd_${'1'.repeat(43)}`,
    credential_id: 'crd_1',
    enrolled_at: '2026-11-22T08:00:00.000Z',
  };
  writeFileSync(join(state, 'enrollment.json'), JSON.stringify(enrollment));
  const spool = new Spool(join(state, 'spool'));
  const env = { PATH: process.env.PATH, TECHZE_STATE_DIR: state };
  const start = (...args: string[]) => spawn(process.execPath, [script, ...args], { env, stdio: 'ignore' });
  const flush = () => runProcess(['spool', 'flush'], { TECHZE_STATE_DIR: state });
  const pending = () => namesIn(join(state, 'spool', 'pending'));
  return { state, spool, start, flush, pending };
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** As a power cut would end it, as soon as that has come to be. */
async function killWhen(child: ChildProcess, condition: () => boolean): Promise<void> {
  const exited = once(child, 'exit');
  await waitFor(() => condition() || child.exitCode !== null, { everyMs: 1 });
  child.kill('SIGKILL');
  await exited;
}

const posts = () => service.received.filter(({ method }) => method === 'POST');

describe('run, killed', () => {
  it('before the diagnostic is in the spool, leaves nothing behind', async () => {
    const { start, flush, spool, state } = await setUp({ [POST]: [silent] });
    await killWhen(start('run'), () => existsSync(join(state, 'agent.json')));
    expect(spool.list()).toEqual([]);
    expect(await flush()).toMatchObject({ code: 0, stdout: '0 sent, 0 wait.\n' });
  });

  it('as soon as the diagnostic is in the spool, sends it the next time', async () => {
    const store = new DiagnosticsStore();
    const { start, flush, pending } = await setUp({ [POST]: [silent] });
    await killWhen(start('run', ...QUICK), () => pending().some((name) => name.endsWith('.json')));
    expect(pending().filter((name) => name.endsWith('.json'))).toHaveLength(1);
    service.answers[POST] = [store.take];
    expect(await flush()).toMatchObject({ code: 0, stdout: expect.stringContaining('1 sent, 0 wait.') });
    expect(store.kept).toHaveLength(1);
  });

  it('while it waits for the answer, which then is lost, stores it once', async () => {
    const store = new DiagnosticsStore();
    const storeAndHang: Answer = (request, response) => {
      store.take(request, { writeHead: () => ({ end: () => undefined }) } as never);
      void response;
    };
    const { start, flush, spool } = await setUp({ [POST]: [storeAndHang] });
    await killWhen(start('run', ...QUICK), () => store.kept.length > 0);
    expect(spool.list()).toMatchObject([{ firstTriedAt: expect.any(Date) }]);
    service.answers[POST] = [store.take];
    expect((await flush()).code).toBe(0);
    expect(store.kept).toHaveLength(1);
    const [first, second] = posts().map(({ headers }) => headers['idempotency-key']);
    expect(first).toBe(second);
    expect(spool.list()).toEqual([]);
  });

  it('while it holds the lock, leaves a lock that nobody waits for', async () => {
    const store = new DiagnosticsStore();
    const { start, state } = await setUp({ [POST]: [silent] });
    await killWhen(start('run', ...QUICK), () => posts().length > 0);
    expect(existsSync(join(state, 'spool', 'sender.lock'))).toBe(true);
    service.answers[POST] = [store.take];
    const startedAt = Date.now();
    const { code } = await runProcess(['run', ...QUICK], { TECHZE_STATE_DIR: state });
    expect(code).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(store.kept).toHaveLength(2);
  });
});

/** The moments of a run that can be seen from outside, in their order, and anything between them. */
const moments: [string, (facts: { names: string[]; requests: number; stored: number }) => boolean][] = [
  ['a draft is being written', ({ names }) => names.some((name) => name.endsWith('.tmp'))],
  ['the file has its name', ({ names }) => names.some((name) => /^\d.*\.json$/.test(name))],
  ['the try is noted', ({ names }) => names.some((name) => name.includes('.tried-'))],
  ['the request has come', ({ requests }) => requests > 0],
  ['it is stored', ({ stored }) => stored > 0],
  ['the file is gone again', ({ names, stored }) => stored > 0 && names.length === 0],
];

it.each(moments)('never loses and never doubles a diagnostic when it is killed as soon as %s', async (_, moment) => {
  const store = new DiagnosticsStore();
  const { start, flush, spool, pending } = await setUp({ [POST]: [store.take] });
  let reachedSpool = false;
  await killWhen(start('run', ...QUICK), () => {
    const names = pending();
    reachedSpool ||= names.some((name) => name.endsWith('.json'));
    return moment({ names, requests: posts().length, stored: store.kept.length });
  });
  reachedSpool ||= spool.list().length > 0 || store.kept.length > 0;
  for (const entry of spool.list()) expect(() => spool.read(entry)).not.toThrow();
  expect((await flush()).code).toBe(0);
  expect(spool.list()).toEqual([]);
  expect(spool.corruptCount()).toBe(0);
  expect(store.kept).toHaveLength(reachedSpool ? 1 : 0);
});

it('sends what one process of several put into the spool exactly once, all of them sending', async () => {
  const store = new DiagnosticsStore();
  const { state, spool } = await setUp({ [POST]: [store.take] });
  const runs = await Promise.all([1, 2, 3].map(() => runProcess(['run', ...QUICK], { TECHZE_STATE_DIR: state })));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(store.kept).toHaveLength(3);
  expect(spool.list()).toEqual([]);
});

/** The largest of those processes, resident, in MB; `ps` itself is none of them. */
async function megabytes(isOne: (facts: { pid: number; parent: number }) => boolean): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss=,comm=']);
  const sizes = stdout.split('\n').map((line) => {
    const [pid = 0, parent = 0, rss = 0] = line.trim().split(/\s+/).map(Number);
    return isOne({ pid, parent }) && !/\bps$/.test(line) ? rss / 1024 : 0;
  });
  return Math.max(...sizes);
}

describe('watch', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with exit code 0 on %s, and lets go of its lock', async (signal) => {
    const { state } = await setUp({});
    const ended = runProcess(['watch'], { TECHZE_STATE_DIR: state }, (child) => {
      void waitFor(() => existsSync(join(state, 'watch.lock'))).then(() => child.kill(signal));
    });
    expect(await ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/watching every 15m[^]*stopped\n$/) });
    expect(existsSync(join(state, 'watch.lock'))).toBe(false);
  });

  it('collects and sends in a process of its own, and both stay below 80 MB', async () => {
    const store = new DiagnosticsStore();
    const { state, start } = await setUp({ [POST]: [store.take] });
    const watcher = start('watch');
    await waitFor(() => existsSync(join(state, 'watch.lock')), { timeoutMs: 20_000 });
    const resting = await megabytes(({ pid }) => pid === watcher.pid);
    expect(resting).toBeGreaterThan(10);
    expect(resting).toBeLessThan(80);
    watcher.kill('SIGTERM');
    await once(watcher, 'exit');

    let most = 0;
    const cycle = cycleProcess(script, [], { PATH: process.env.PATH, TECHZE_STATE_DIR: state });
    const ended = cycle('collect-and-send', new AbortController().signal);
    let isOver = false;
    const sampled = (async () => {
      while (!isOver) most = Math.max(most, await megabytes(({ parent }) => parent === process.pid));
    })();
    const { code, report } = await ended;
    isOver = true;
    await sampled;
    expect([code, report]).toEqual([0, { folder: state, every: 900_000, failed: false, retryAfterMs: 0 }]);
    expect(store.kept).toHaveLength(1);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThan(80);
  });

  it('killed, does not keep the next one from watching', async () => {
    const { start, state } = await setUp({});
    const lock = join(state, 'watch.lock');
    await killWhen(start('watch'), () => existsSync(lock) && readFileSync(lock, 'utf8') !== '');
    expect(existsSync(lock)).toBe(true);
    const dead = readFileSync(lock, 'utf8');
    const ended = runProcess(['watch'], { TECHZE_STATE_DIR: state }, (child) => {
      void waitFor(() => existsSync(lock) && ![dead, ''].includes(readFileSync(lock, 'utf8'))).then(() => child.kill());
    });
    expect((await ended).code).toBe(0);
  });
});

describe('enroll, killed', () => {
  const credential = {
    device_id: `dev_${'2'.repeat(32)}`,
    credential: `tzd_${'2'.repeat(43)}`,
    credential_id: 'crd_2',
    site_id: null,
    identity_state: 'ok',
  };
  const token = { TECHZE_ENROLLMENT_TOKEN: `tze_${'A'.repeat(43)}` };

  it('while it waits for the answer, comes back as the same agent and gets in', async () => {
    service = await FakeService.start({ [ENROLL]: [silent, json(201, credential)] });
    const state = join(scratchFolder(), 'state');
    const args = ['enroll', '--server', service.url];
    const env = { TECHZE_STATE_DIR: state, ...token };
    const child = spawn(process.execPath, [script, ...args], {
      env: { PATH: process.env.PATH, ...env },
      stdio: 'ignore',
    });
    await killWhen(child, () => posts().length > 0);
    expect(existsSync(join(state, 'enrollment.json'))).toBe(false);
    expect((await runProcess(args, env)).code).toBe(0);
    const [first, second] = posts().map(({ body }) => body);
    expect(first).toEqual(second);
    expect(JSON.parse(readFileSync(join(state, 'enrollment.json'), 'utf8'))).toMatchObject({
      device_id: credential.device_id,
    });
  });
});
