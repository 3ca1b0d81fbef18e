import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@techze/contracts';
import { Spool } from '../src/spool/spool.js';
import { ProcessLock } from '../src/state/process-lock.js';
import { setImmediate as turn } from 'node:timers/promises';
import type { CycleStage } from '../src/watch/cycle.js';
import { watch as watchWith } from '../src/watch/watcher.js';
import { runAgent, type SessionFacts } from './agent-session.js';
import { DiagnosticsStore } from './diagnostics-store.js';
import { type Answer, cut, FakeService, loggedIn, problem } from './fake-service.js';
import { bareMachine } from './machines/bare-machine.js';
import { removeScratchFolders, scratchFolder } from './scratch-folder.js';

const POST = 'POST /api/v1/diagnostics';
const MINUTE = 60_000;

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});
afterAll(removeScratchFolders);

function writeEnrollment(state: string, server: string, digit = '1'): void {
  mkdirSync(state, { recursive: true });
  const enrollment = {
    server: new URL(server).href,
    device_id: `dev_${digit.repeat(32)}`,
    credential: `tzd_${digit.repeat(43)}`,
    credential_id: 'crd_1',
    enrolled_at: '2026-11-22T08:00:00.000Z',
  };
  writeFileSync(join(state, 'enrollment.json'), JSON.stringify(enrollment));
}

interface WatchFacts extends Omit<SessionFacts, 'onPause'> {
  /** Told of every wait of the watcher; ends it by returning false. */
  onWait?: (ms: number, nth: number) => boolean | void;
}

/** The watcher, with its work done in this process; waiting takes no time. */
async function watchHere(args: string[], { onWait, ...facts }: WatchFacts) {
  const stop = new AbortController();
  const random = facts.random ?? (() => 1);
  const waits: number[] = [];
  const stages: CycleStage[] = [];
  let [stderr, stdout, closed] = ['', '', 0];
  const pause = async (ms: number, signal?: AbortSignal) => {
    waits.push(ms);
    if (onWait?.(ms, waits.length) === false) stop.abort();
    await turn();
    signal?.throwIfAborted();
  };
  const code = await watchWith({
    clock: { now: () => Date.now(), pause, random },
    stderr: { write: (text) => (stderr += text) },
    signal: stop.signal,
    cycle: async (stage) => {
      stages.push(stage);
      const ran = await runAgent(['watch-cycle', stage, ...args], facts);
      stderr += ran.stderr;
      stdout += ran.stdout;
      closed += ran.closed;
      return { code: ran.code, report: ran.report };
    },
  });
  return { code, stdout, stderr, closed, waits, stages };
}

/** An enrolled machine that watches itself until a wait says no. */
async function setUp(answers: Record<string, Answer[]>, args: string[] = []) {
  service = await FakeService.start(answers);
  const state = join(scratchFolder(), 'state');
  writeEnrollment(state, service.url);
  const spool = new Spool(join(state, 'spool'));
  const posts = () => service?.received.filter(({ method }) => method === 'POST') ?? [];
  const watch = (facts: WatchFacts) => watchHere(['--state-dir', state, '--type', 'battery', ...args], facts);
  return { service, state, spool, posts, watch };
}

/** Ends the watcher with the nth wait. */
const waits = (count: number) => (_: number, nth: number) => nth < count;

it('collects and sends again and again with the credential of the device, until it is stopped', async () => {
  const store = new DiagnosticsStore();
  const { posts, spool, watch } = await setUp({ [POST]: [store.take] });
  const { code, stdout, stderr, closed } = await watch({ onWait: waits(4) });
  expect([code, stdout]).toEqual([0, '']);
  expect(store.kept).toHaveLength(3);
  expect(closed).toBe(3);
  expect(spool.list()).toEqual([]);
  expect(posts()[0]?.headers.authorization).toBe(`Bearer tzd_${'1'.repeat(43)}`);
  expect(stderr).toMatch(
    /^\S+Z watching every 15m \(process \d+\), state in .*\n(\S+Z sent dgn_\d+, .*\n){3}\S+Z stopped\n$/,
  );
});

it.each([
  ['none', 0, 0, 13.5],
  ['half', 0.5, 2.5, 15],
  ['all', 1, 5, 16.5],
])('waits at random before the first, and a tenth more or less between: %s of it', async (_, random, first, next) => {
  const { watch } = await setUp({ [POST]: [new DiagnosticsStore().take] });
  const ran = await watch({ onWait: waits(3), random: () => random });
  expect(ran.waits.map((ms) => Math.round(ms) / MINUTE)).toEqual([first, next, next]);
});

it('starts within the first interval when that is short', async () => {
  const { watch } = await setUp({ [POST]: [new DiagnosticsStore().take] }, ['--every', '1m']);
  expect((await watch({ onWait: waits(1) })).waits).toEqual([MINUTE]);
});

it('loses nothing while the network is away: collects on, waits longer and longer, sends all in order', async () => {
  const store = new DiagnosticsStore();
  const { service, watch, spool } = await setUp({ [POST]: [cut] }, ['--every', '1h']);
  let most = 0;
  const { code, stderr } = await watch({
    onWait: () => {
      most = Math.max(most, spool.list().length);
      if (most === 4) service.answers[POST] = [store.take];
      return !(store.kept.length > 3 && spool.list().length === 0);
    },
  });
  expect(code).toBe(0);
  expect(most).toBe(4);
  const times = store.kept.map((one) => one.collected_at);
  expect(times).toEqual([...times].sort());
  expect(new Set(times).size).toBe(store.kept.length);
  const backoffs = [...stderr.matchAll(/next try to send in (\d+) s/g)].map(([, seconds]) => Number(seconds));
  expect(backoffs.slice(0, 7)).toEqual([60, 120, 240, 480, 960, 1920, 3600]);
  expect(stderr).toMatch(/not sent, 1 wait: .* could not be reached in 3 tries/);
});

it('goes on when a cycle is killed, or breaks, and tries later', async () => {
  const stop = new AbortController();
  const folder = scratchFolder();
  const outcomes = [
    { code: 0, report: { folder, every: 900_000, failed: false, retryAfterMs: 0 } },
    { code: null, report: undefined },
  ];
  let [stderr, tries] = ['', 0];
  const code = await watchWith({
    clock: { now: () => 0, pause: () => Promise.resolve(), random: () => 1 },
    stderr: { write: (text) => (stderr += text) },
    signal: stop.signal,
    cycle: () => {
      tries += 1;
      if (tries === 4) stop.abort();
      stop.signal.throwIfAborted();
      const outcome = outcomes.shift();
      return outcome ? Promise.resolve(outcome) : Promise.reject(new Error('spawn ENOMEM'));
    },
  });
  expect(code).toBe(0);
  expect(stderr).toMatch(/collect-and-send did not come to its end: it was killed\n.*next try to send in 60 s/);
  expect(stderr).toMatch(/send failed: spawn ENOMEM\n.*next try to send in 120 s/);
});

it('leaves the server alone for as long as it asks, though diagnostics are due', async () => {
  const busy = problem(new Problem('overloaded'), { 'retry-after': '7200' });
  const store = new DiagnosticsStore();
  const { posts, watch, spool } = await setUp({ [POST]: [busy, store.take] }, ['--every', '30m']);
  const seen: number[] = [];
  await watch({
    onWait: () => {
      seen.push(posts().length);
      return store.kept.length === 0;
    },
  });
  // Asked once, then silence while four more were collected.
  expect(seen.filter((count) => count === 1).length).toBeGreaterThanOrEqual(4);
  expect(store.kept.length).toBeGreaterThanOrEqual(4);
  expect(spool.list()).toEqual([]);
});

it('says why nothing can be sent, keeps it, and goes on: a credential that was revoked', async () => {
  const { watch, spool } = await setUp({ [POST]: [problem(new Problem('invalid-token'))] });
  const { code, stderr } = await watch({ onWait: waits(6) });
  expect(code).toBe(0);
  expect(stderr).toMatch(/not sent, 1 wait: .*401 invalid-token.*enroll it again with --force/);
  expect(spool.list().length).toBeGreaterThan(0);
});

it('uses the new credential of a machine that is enrolled again meanwhile', async () => {
  const store = new DiagnosticsStore();
  const { service, state, posts, watch } = await setUp({ [POST]: [store.take] });
  await watch({
    onWait: (_, nth) => {
      if (nth === 2) writeEnrollment(state, service.url, '2');
      return nth < 3;
    },
  });
  expect(posts().map(({ headers }) => headers.authorization?.slice(7, 12))).toEqual(['tzd_1', 'tzd_2']);
  expect(store.kept).toHaveLength(2);
});

it('logs in anew for every upload with the credentials of an account', async () => {
  const store = new DiagnosticsStore();
  service = await FakeService.start({ [POST]: [store.take], 'POST /api/v1/auth/login': [loggedIn] });
  const args = ['--server', service.url, '--state-dir', join(scratchFolder(), 'state'), '--type', 'battery'];
  const env = { TECHZE_EMAIL: 'technician@balcao.example', TECHZE_PASSWORD: 'a long pass phrase' };
  expect((await watchHere(args, { env, onWait: waits(3) })).code).toBe(0);
  expect(store.kept).toHaveLength(2);
  expect(service.received.filter(({ path }) => path.endsWith('/login'))).toHaveLength(2);
});

it('goes on after a diagnostic that failed', async () => {
  const store = new DiagnosticsStore();
  const { watch } = await setUp({ [POST]: [store.take] });
  let calls = 0;
  const machine = bareMachine({
    hostname: () => {
      if (calls++ === 0) throw new Error('no host name today');
      return 'balcao-03';
    },
  });
  const { code, stderr } = await watch({ machine, onWait: waits(3) });
  expect(code).toBe(0);
  expect(stderr).toMatch(/no diagnostic: no host name today/);
  expect(store.kept).toHaveLength(1);
});

it('sends at once what a full disk will not keep', async () => {
  const store = new DiagnosticsStore();
  const { state, watch } = await setUp({ [POST]: [store.take] });
  mkdirSync(join(state, 'spool'));
  writeFileSync(join(state, 'spool', 'pending'), 'no folder');
  const { stderr } = await watch({ onWait: waits(2) });
  expect(stderr).toMatch(/cannot be kept on this disk: .*\n.*sent dgn_/);
  expect(store.kept).toHaveLength(1);
});

describe('one watcher a state folder', () => {
  it('refuses to be the second', async () => {
    const { state, watch } = await setUp({});
    const lock = ProcessLock.take(join(state, 'watch.lock'));
    const { code, stderr, waits: waited } = await watch({});
    expect(code).toBe(8);
    expect(stderr).toBe(`techze-agent: Process ${process.pid} watches this machine already.\n`);
    expect(waited).toEqual([]);
    lock.release();
  });

  it('lets go when it ends', async () => {
    const { state, watch } = await setUp({});
    await watch({ onWait: waits(1) });
    ProcessLock.take(join(state, 'watch.lock')).release();
  });

  it('gives up when another has taken over', async () => {
    const { state, watch } = await setUp({});
    const { code, stderr } = await watch({
      onWait: () => writeFileSync(join(state, 'watch.lock'), `${process.pid} another`),
    });
    expect(code).toBe(8);
    expect(stderr).toMatch(/Another process watches this machine by now/);
  });
});

it.each([
  ['neither enrolment nor credentials', [], {}, 2, /not enrolled/],
  ['an interval below a minute', ['--every', '30s'], { TECHZE_TOKEN: 'x' }, 2, /--every: Takes 1m to 7d/],
])('does not start with %s', async (_, args, env, exitCode, words) => {
  const state = join(scratchFolder(), 'state');
  const base = ['--server', 'http://127.0.0.1:9', '--state-dir', state];
  const { code, stderr, stages } = await watchHere([...base, ...args], { env });
  expect(stages).toEqual(['prepare']);
  expect(code).toBe(exitCode);
  expect(stderr).toMatch(words);
});
