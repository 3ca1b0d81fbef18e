import type { PoolReport, PoolView, ServiceName } from '@techze/contracts';
import type { Database } from '@techze/database';
import { Logger } from '@techze/observability';
import { startRedis, waitFor, type RedisServer } from '@techze/testing';
import { RedisConnections, transportConfig } from '@techze/transport';
import { createClient } from 'redis';
import { PoolReporter } from '../src/pool-reporter.js';
import { PoolReports } from '../src/pool-reports.js';

let redis: RedisServer;
const processes: Process[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.crash()));
  if (!redis.isRunning) await redis.start();
  await inRedis(['FLUSHALL']);
});
afterAll(() => redis.destroy());

async function inRedis(...commands: string[][]): Promise<unknown[]> {
  const client = createClient({ url: redis.url });
  await client.connect();
  const replies = await Promise.all(commands.map((command) => client.sendCommand(command)));
  client.destroy();
  return replies;
}

interface Process {
  readonly name: string;
  readonly reports: PoolReports;
  readonly logged: string[];
  /** In order, as a shutdown does. */
  stop(): Promise<void>;
  /** As a crash: its connections are closed, and nothing is said. */
  crash(): Promise<void>;
}

/** One process of the suite, as far as its reports go. */
function startProcess(service: ServiceName, strategy = 'round_robin'): Process {
  const logged: string[] = [];
  const logger = Logger.to({ write: (line: string) => void logged.push(line) });
  const settings = transportConfig.schema.parse({ REDIS_URL: redis.url });
  const connections = new RedisConnections(settings, logger);
  const view = (): PoolView => ({ strategy, nodes: [] });
  const database = { pool: { view } } as unknown as Database;
  const reports = new PoolReports(service, database, connections, logger);
  const reporter = new PoolReporter(reports, connections, logger);
  connections.onModuleInit();
  reporter.onApplicationBootstrap();
  let ended = false;
  const crash = () => {
    // Its timer goes on, as one of a process that hangs would: without a connection it reports nothing.
    if (!ended) connections.onApplicationShutdown();
    ended = true;
    return Promise.resolve();
  };
  const stop = async () => {
    await reporter.beforeApplicationShutdown();
    await crash();
  };
  const process = { name: connections.processName, reports, logged, stop, crash };
  processes.push(process);
  return process;
}

const namesOf = (reports: readonly PoolReport[]) => reports.map(({ instance }) => instance);

async function untilAllSee(all: readonly Process[]): Promise<void> {
  const expected = all.map(({ name }) => name).sort();
  for (const { reports } of all)
    await waitFor(
      async () =>
        namesOf(await reports.live())
          .sort()
          .join() === expected.join(),
    );
}

test('every process sees all that live, in the order of the services', async () => {
  const all = [startProcess('analytics'), startProcess('gateway'), startProcess('diagnostics')];
  await untilAllSee(all);
  const live = (await all[0]?.reports.live()) ?? [];
  expect(live.map(({ service }) => service)).toEqual(['gateway', 'diagnostics', 'analytics']);
  expect(live[0]).toMatchObject({ strategy: 'round_robin', nodes: [], started_at: expect.stringMatching(/Z$/) });
});

test('one that shuts down is off the list at once', async () => {
  const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
  await untilAllSee([gateway, ai]);
  await ai.stop();
  expect(namesOf(await gateway.reports.live())).toEqual([gateway.name]);
});

test('one that died is off the list in six seconds, and every answer meanwhile comes at once', async () => {
  const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
  await untilAllSee([gateway, ai]);
  await ai.crash();
  const died = performance.now();
  let slowest = 0;
  await waitFor(
    async () => {
      const asked = performance.now();
      const live = await gateway.reports.live();
      slowest = Math.max(slowest, performance.now() - asked);
      return live.length === 1;
    },
    { timeoutMs: 10_000 },
  );
  expect(performance.now() - died).toBeLessThan(7_000);
  expect(slowest).toBeLessThan(500);
}, 15_000);

test('a process sees itself as it is now, also without Redis, and the others again when Redis is back', async () => {
  const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
  await untilAllSee([gateway, ai]);
  await redis.kill();
  await waitFor(async () => (await gateway.reports.live()).length === 1);
  expect(namesOf(await gateway.reports.live())).toEqual([gateway.name]);
  await redis.start();
  await untilAllSee([gateway, ai]);
}, 20_000);

test('a Redis that hangs is waited for a moment only', async () => {
  const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
  await untilAllSee([gateway, ai]);
  process.kill(redis.pid ?? NaN, 'SIGSTOP');
  try {
    const asked = performance.now();
    expect(namesOf(await gateway.reports.live())).toEqual([gateway.name]);
    expect(performance.now() - asked).toBeLessThan(1_000);
  } finally {
    process.kill(redis.pid ?? NaN, 'SIGCONT');
  }
});

test('a Redis that forgot everything has all reports again within the next round', async () => {
  const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
  await untilAllSee([gateway, ai]);
  await redis.restart();
  await untilAllSee([gateway, ai]);
}, 20_000);

test.each(['no JSON at all', '{"service":"gateway"}', '{"service":"stranger","instance":"x","nodes":[]}', 'null'])(
  'a report that is not understood is left out, and said so: %s',
  async (text) => {
    const [gateway, ai] = [startProcess('gateway'), startProcess('ai')];
    await untilAllSee([gateway, ai]);
    await inRedis(
      ['SET', 'tz:{pool}:report:stranger', text, 'PX', '3000'],
      ['SADD', 'tz:{pool}:reporters', 'stranger', 'long-gone'],
    );
    expect(namesOf(await gateway.reports.live())).toEqual([gateway.name, ai.name]);
    expect(gateway.logged.join('')).toContain('a pool report is not understood');
    // Names of the dead do not gather.
    await waitFor(async () => (await inRedis(['SISMEMBER', 'tz:{pool}:reporters', 'long-gone']))[0] === 0);
    expect((await inRedis(['PTTL', 'tz:{pool}:reporters']))[0]).toBeGreaterThan(0);
  },
);
