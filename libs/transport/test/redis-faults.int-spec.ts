import { keyed, onceOnly, repeatable } from './fixtures/commands.js';
import { asRequest } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';
import { TestRedis } from './support/redis.js';
import type { RpcClient } from '@techze/transport';

/** Calls one after the other, in several lanes, until told to stop. */
function traffic(rpc: RpcClient, lanes: number) {
  const outcomes: { at: number; tookMs: number; code: string }[] = [];
  let stopping = false;
  let next = 0;
  const lane = async () => {
    while (!stopping) {
      const id = `job-${next++}`;
      const at = Date.now();
      const command = next % 2 === 0 ? repeatable : keyed;
      const code = await asRequest(() => rpc.call(command, { id, waitMs: 2 })).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
      outcomes.push({ at, tookMs: Date.now() - at, code });
      if (code !== 'ok') await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, lane));
  return {
    outcomes,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

describe('faults of Redis', () => {
  let lab: Lab;
  afterEach(() => lab.close());

  test('FLUSHALL under traffic: every safe request is answered, none hangs, and service goes on', async () => {
    lab = await Lab.open();
    await lab.app();
    await lab.app();
    const rpc = await lab.gateway(2);
    const load = traffic(rpc, 16);
    for (let round = 1; round <= 3; round += 1) {
      await until(() => load.outcomes.length > round * 100);
      await lab.redis.command('FLUSHALL');
    }
    const flushed = load.outcomes.length;
    await until(() => load.outcomes.length > flushed + 200);
    await load.stop();
    expect(load.outcomes.filter(({ code }) => code !== 'ok')).toEqual([]);
    expect(Math.max(...load.outcomes.map(({ tookMs }) => tookMs))).toBeLessThan(3_000);
  });

  test('of a frame that was lost with FLUSHALL every safe request is sent again, not only its first', async () => {
    lab = await Lab.open();
    await lab.app({ concurrency: 1 });
    const rpc = await lab.gateway(1);
    const busy = asRequest(() => rpc.call(repeatable, { id: 'busy', waitMs: 1_500 }));
    await until(() => lab.executions().size === 1);
    const ids = ['a', 'b', 'c', 'd'];
    const unread = ids.map((id, i) => asRequest(() => rpc.call(i % 2 === 0 ? repeatable : keyed, { id })));
    await until(async () => Number(await lab.redis.command('XLEN', 'tz:{diagnostics}:rpc')) === 2);
    await lab.redis.command('FLUSHALL');
    expect((await Promise.all(unread)).map(({ id }) => id)).toEqual(ids);
    await busy;
  });

  test('what was sent before this process could leave its mark in Redis is looked for, too', async () => {
    lab = await Lab.open();
    await lab.app({ concurrency: 1 });
    // Marks are refused, the replica's own key is not.
    await lab.redis.command('ACL', 'SETUSER', 'default', '-set', '(+set ~tz:{*)');
    const rpc = await lab.gateway(1);
    const busy = asRequest(() => rpc.call(repeatable, { id: 'busy', waitMs: 1_500 }));
    await until(() => lab.executions().size === 1);
    const unread = asRequest(() => rpc.call(repeatable, { id: 'unread' }));
    await until(async () => Number(await lab.redis.command('XLEN', 'tz:{diagnostics}:rpc')) === 2);
    await lab.redis.command('FLUSHALL');
    await expect(unread).resolves.toMatchObject({ id: 'unread' });
    await busy;
  });

  test('a request that must not be repeated and was lost with FLUSHALL is answered outcome-unknown', async () => {
    lab = await Lab.open();
    await lab.app({ concurrency: 1 });
    const rpc = await lab.gateway(1);
    const busy = asRequest(() => rpc.call(repeatable, { id: 'busy', waitMs: 1_500 }));
    await until(() => lab.executions().size === 1);
    const unread = asRequest(() => rpc.call(onceOnly, { id: 'unread' })).catch((e: unknown) => e);
    await until(async () => Number(await lab.redis.command('XLEN', 'tz:{diagnostics}:rpc')) === 2);
    await lab.redis.command('FLUSHALL');
    expect(await unread).toMatchObject({ code: 'outcome-unknown' });
    await busy;
    expect(lab.executions().has('unread')).toBe(false);
  });

  test('restart of Redis: calls meanwhile fail fast, and service resumes by itself', async () => {
    lab = await Lab.open();
    await lab.app();
    const rpc = await lab.gateway(1);
    const load = traffic(rpc, 8);
    await until(() => load.outcomes.length > 100);
    await lab.redis.stop();
    const stoppedAt = Date.now();
    await until(() => load.outcomes.some(({ code }) => code === 'service-unavailable'));
    expect(Date.now() - stoppedAt).toBeLessThan(1_500);
    const refused = await asRequest(() => rpc.call(repeatable, { id: 'x' })).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'service-unavailable' });
    await lab.redis.start();
    const startedAt = Date.now();
    await until(() => load.outcomes.some(({ at, code }) => at > startedAt && code === 'ok'));
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    await load.stop();
    expect(new Set(load.outcomes.map(({ code }) => code))).toEqual(new Set(['ok', 'service-unavailable']));
    expect(Math.max(...load.outcomes.map(({ tookMs }) => tookMs))).toBeLessThan(2_500);
  });

  test('a Redis that hangs is Redis being away', async () => {
    lab = await Lab.open();
    await lab.app();
    const rpc = await lab.gateway(1);
    lab.redis.signal('SIGSTOP');
    const startedAt = Date.now();
    await until(async () => {
      const before = Date.now();
      const error = await asRequest(() => rpc.call(repeatable, { id: 'x' })).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'service-unavailable' });
      return Date.now() - before < 20;
    });
    expect(Date.now() - startedAt).toBeLessThan(4_000);
    lab.redis.signal('SIGCONT');
    await until(() =>
      asRequest(() => rpc.call(repeatable, { id: 'y' })).then(
        () => true,
        () => false,
      ),
    );
  });

  test('processes start before their Redis', async () => {
    lab = await Lab.open(await TestRedis.unstarted());
    await lab.app();
    const gateway = lab.gateway(1);
    await lab.redis.start();
    const rpc = await gateway;
    await expect(asRequest(() => rpc.call(repeatable, { id: 'a' }))).resolves.toMatchObject({ id: 'a' });
  });

  test('without memory left Redis refuses requests, which are answered at once, and recovers', async () => {
    lab = await Lab.open();
    await lab.app();
    const rpc = await lab.gateway(1);
    await lab.redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    await expect(asRequest(() => rpc.call(onceOnly, { id: 'a' }))).rejects.toMatchObject({
      code: 'service-unavailable',
    });
    await lab.redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await expect(asRequest(() => rpc.call(onceOnly, { id: 'b' }))).resolves.toMatchObject({ id: 'b' });
    expect(lab.executions()).toEqual(new Map([['b', 1]]));
  });

  test('a process whose Redis is gone ends by itself', async () => {
    lab = await Lab.open();
    const app = await lab.app();
    await lab.redis.stop();
    const start = Date.now();
    await app.close();
    expect(Date.now() - start).toBeLessThan(5_000);
  });
});
