import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isSame, LocalStack, timedReport, type LocalStackOptions } from '@techze/local-stack';
import { compiledLibs, ownState, waitFor, type Demo } from '@techze/testing';
import { writeFixtureApps } from './fixtures/fixture-apps.js';

function prepare(dying?: string) {
  const state = ownState();
  const apps = writeFixtureApps(state.path, dying);
  const lines: string[] = [];
  const options: LocalStackOptions = {
    folder: state.path,
    appsFolder: apps.folder,
    durable: false,
    gatewayPort: 0,
    environment: { PATH: process.env.PATH, FIXTURE_JOURNAL: apps.journal },
    report: timedReport((line) => lines.push(line)),
  };
  const demo = (): Demo => JSON.parse(readFileSync(state.demoFile, 'utf8')) as Demo;
  const pids = (): number[] => Object.values(demo().services).flatMap((list) => list.map(({ pid }) => pid));
  return { state, apps, lines, options, demo, pids };
}

function serversOf(stack: LocalStack): (number | undefined)[] {
  return [...(stack.postgres?.nodes ?? []), stack.redis].map((server) => server?.pid);
}

describe('a local stack', () => {
  it('tells in demo.json what runs, keeps that true over deaths, and stops in order leaving nothing', async () => {
    const { state, apps, lines, options, demo, pids } = prepare();
    const stack = await LocalStack.start({ ...options, scale: { diagnostics: 2 } });
    try {
      expect(statSync(state.demoFile).mode & 0o777).toBe(0o600);
      expect(demo().ready_at).toMatch(/^\d{4}-.*Z$/);
      expect(demo()).not.toHaveProperty('diagnostic_id');
      expect(demo().services.diagnostics).toHaveLength(2);
      expect(new Set(Object.values(demo().services).flatMap((list) => list.map(({ port }) => port))).size).toBe(6);
      expect(statSync(state.secrets).mode & 0o777).toBe(0o700);

      // An app that dies comes back on its port under a new id.
      const [before] = demo().services.ai ?? [];
      stack.instances('ai')[0]?.signal('SIGKILL');
      await waitFor(() => demo().services.ai?.some(({ pid }) => pid !== before?.pid), { timeoutMs: 10_000 });
      expect(demo().services.ai?.[0]?.port).toBe(before?.port);
      expect(lines.join('\n')).toMatch(/ai \(pid \d+\) ended: SIGKILL; starting it again in 1 s/);

      // So does a server, unless it was stopped on purpose.
      const redisPid = stack.redis?.pid;
      await stack.redis?.kill();
      await waitFor(() => stack.redis?.isRunning && stack.redis.pid !== redisPid, { timeoutMs: 10_000 });

      const running = [...pids(), ...serversOf(stack)];
      expect(running).not.toContain(undefined);
      await stack.stop();
      const order = readFileSync(apps.journal, 'utf8').trim().split('\n');
      expect(order[0]).toBe('techze_gateway');
      expect(order).toHaveLength(6);
      expect(running.filter((pid) => identify(pid ?? 0))).toEqual([]);
      expect(() => statSync(state.demoFile)).toThrow('ENOENT');
    } finally {
      await stack.stop();
    }
  }, 60_000);

  it('ends what a killed supervisor left, keeps data and ports, and takes over the servers', async () => {
    const { state, options, demo, pids } = prepare();
    const { report: _report, ...plain } = options;
    const script = join(__dirname, 'fixtures', 'start-and-stay.mjs');
    const parent = spawn(process.execPath, [script, compiledLibs(), JSON.stringify(plain)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const [left, first] = [pids(), demo()];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(left.filter((pid) => identify(pid))).toEqual(left);

    const stack = await LocalStack.start(options);
    try {
      expect(left.filter((pid) => identify(pid))).toEqual([]);
      expect(demo().postgres).toEqual(first.postgres);
      expect(demo().redis_url).toBe(first.redis_url);
      expect(demo().base_url).toBe(first.base_url);
    } finally {
      await stack.stop();
    }
    expect(serversOf(stack)).toEqual([undefined, undefined, undefined]);
    expect(state.exists).toBe(true);
  }, 60_000);

  it('gives up on an app that cannot start: says why, leaves nothing running', async () => {
    const { state, options } = prepare('automation');
    await expect(LocalStack.start(options)).rejects.toThrow(/automation did not become ready[^]*no bread in the house/);
    const { apps } = JSON.parse(readFileSync(state.runtimeFile, 'utf8')) as {
      apps: { pid: number; started: string }[];
    };
    expect(apps.filter(isSame)).toEqual([]);
  }, 60_000);
});
