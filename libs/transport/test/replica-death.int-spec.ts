import type { RpcClient } from '@techze/transport';
import { keyed, onceOnly, repeatable } from './fixtures/commands.js';
import { asRequest } from './fixtures/test-app.js';
import { end, Lab, until } from './support/lab.js';
import { maxDeliveries } from '../src/timings.js';

// Several processes on few cores: starting them is what takes long.
jest.setTimeout(120_000);

describe('the life and death of replicas', () => {
  let lab: Lab;
  let rpc: RpcClient;
  // Processes start slowly: each test takes over those that the one before it left alive.
  const scale = async (count: number) => {
    const replicas = await lab.scale(count);
    await until(() => rpc.replicas('diagnostics') === count);
    return replicas;
  };
  beforeAll(async () => {
    lab = await Lab.open();
    rpc = await lab.gateway(0);
  });
  afterAll(() => lab.close());

  test('every request is executed exactly once by three replicas under concurrency', async () => {
    await scale(3);
    const total = 3_000;
    const pids = new Set<number>();
    let next = 0;
    const worker = async () => {
      for (let job = next++; job < total; job = next++) {
        const done = await asRequest(() => rpc.call(onceOnly, { id: `job-${job}` }));
        expect(done.id).toBe(`job-${job}`);
        pids.add(done.pid);
      }
    };
    await Promise.all(Array.from({ length: 64 }, worker));
    const executions = lab.executions();
    const counts = Array.from({ length: total }, (_, job) => executions.get(`job-${job}`));
    expect(new Set(counts)).toEqual(new Set([1]));
    expect(pids.size).toBe(3);
  });

  test('kill -9 of one of three under load loses no repeatable request, and none waits longer than 2 s', async () => {
    const [victim] = await scale(3);
    const total = 2_000;
    let worstMs = 0;
    let next = 0;
    const worker = async () => {
      for (let job = next++; job < total; job = next++) {
        if (job === total / 2) victim?.kill('SIGKILL');
        const startedAt = performance.now();
        const command = job % 2 === 0 ? repeatable : keyed;
        await asRequest(() => rpc.call(command, { id: `load-${job}`, waitMs: 5 }));
        worstMs = Math.max(worstMs, performance.now() - startedAt);
      }
    };
    await Promise.all(Array.from({ length: 48 }, worker));
    const executions = lab.executions();
    expect(Array.from({ length: total }, (_, job) => job).filter((job) => !executions.has(`load-${job}`))).toEqual([]);
    expect(worstMs).toBeLessThan(2_000);
    await until(() => rpc.replicas('diagnostics') === 2);
  });

  test('a request that must not be repeated is answered outcome-unknown and never executed twice', async () => {
    const [victim] = await scale(2);
    const ids = Array.from({ length: 32 }, (_, i) => `once-${i}`);
    const calls = ids.map((id) =>
      asRequest(() => rpc.call(onceOnly, { id, waitMs: 1_000 })).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    );
    await until(() => ids.every((id) => lab.executions().has(id)));
    victim?.kill('SIGKILL');
    const outcomes = await Promise.all(calls);
    expect(new Set(outcomes)).toEqual(new Set(['done', 'outcome-unknown']));
    expect(new Set(ids.map((id) => lab.executions().get(id)))).toEqual(new Set([1]));
  });

  test('with every replica killed, waiting and new calls are answered service-unavailable within a second', async () => {
    const replicas = await scale(2);
    const waiting = asRequest(() => rpc.call(repeatable, { id: 'waiting', waitMs: 60_000 })).catch((e: unknown) => e);
    await until(() => lab.executions().has('waiting'));
    const startedAt = performance.now();
    await Promise.all(replicas.map((replica) => end(replica, 'SIGKILL')));
    const error = await asRequest(() => rpc.call(repeatable, { id: 'b' })).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'service-unavailable', status: 503 });
    expect(await waiting).toMatchObject({ code: 'service-unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    const again = performance.now();
    await expect(asRequest(() => rpc.call(repeatable, { id: 'c' }))).rejects.toMatchObject({
      code: 'service-unavailable',
    });
    expect(performance.now() - again).toBeLessThan(20);
  });

  test('a replica whose process is blocked for long but lives keeps its request: it is executed once', async () => {
    await scale(2);
    const blocked = asRequest(() => rpc.call(repeatable, { id: 'blocked', blockMs: 3_500 }));
    const slow = asRequest(() => rpc.call(repeatable, { id: 'slow', waitMs: 3_500 }));
    await Promise.all([blocked, slow]);
    expect(lab.executions().get('blocked')).toBe(1);
    expect(lab.executions().get('slow')).toBe(1);
  });

  test('a poisonous request is given up after three deliveries, and takes none of its frame along', async () => {
    await scale(4);
    const poison = asRequest(() => rpc.call(repeatable, { id: 'poison', poison: true })).catch((e: unknown) => e);
    const neighbours = Array.from({ length: 3 }, (_, i) =>
      asRequest(() => rpc.call(repeatable, { id: `neighbour-${i}` })),
    );
    expect(await Promise.all(neighbours)).toHaveLength(3);
    expect(await poison).toMatchObject({ code: 'internal' });
    expect(lab.executions().get('poison')).toBe(3);
    const letters = await lab.redis.command<[string, string[]][]>('XRANGE', 'tz:{diagnostics}:dlq', '-', '+');
    expect(letters).toHaveLength(1);
    expect(letters[0]?.[1]).toEqual(expect.arrayContaining(['reason', 'too-many-deliveries']));
    expect(JSON.stringify(letters)).not.toContain('a-token-that');
  });

  test('dead consumers are removed from the group once nothing is pending with them', async () => {
    const [victim] = await scale(2);
    if (victim) await end(victim, 'SIGKILL');
    const consumers = () => lab.redis.command<unknown[]>('XINFO', 'CONSUMERS', 'tz:{diagnostics}:rpc', 'diagnostics');
    await until(async () => (await consumers()).length === 1);
  });

  test('a frame of the dead that cannot be taken apart yet stays pending, and is done as soon as it can', async () => {
    const [victim] = await scale(1);
    const ids = Array.from({ length: 4 }, (_, i) => `frame-${i}`);
    const longest = { deadlineMs: 30_000 };
    const calls = ids.map((id) => asRequest(() => rpc.call(keyed, { id, gate: lab.gate }, longest), longest));
    await until(() => ids.every((id) => lab.executions().has(id)));
    const frame = async () => {
      const range = ['XPENDING', 'tz:{diagnostics}:rpc', 'diagnostics', '-', '+', '9'];
      const rows = await lab.redis.command<[string, string, number, number][]>(...range);
      expect(rows).toHaveLength(1);
      return { holder: rows[0]?.[1], deliveries: rows[0]?.[3] ?? 0 };
    };
    const { holder } = await frame();
    await scale(2);
    await lab.redis.command('ACL', 'SETUSER', 'default', '-xadd');
    victim?.kill('SIGKILL');
    // Tried more often than a request may be begun: trying to take it apart begins nothing.
    await until(async () => (await frame()).deliveries > maxDeliveries, 15_000);
    expect((await frame()).holder).not.toBe(holder);
    await lab.redis.command('ACL', 'SETUSER', 'default', '+xadd');
    lab.openGate();
    expect((await Promise.all(calls)).map(({ id }) => id)).toEqual(ids);
  });
});
