import { onceOnly, repeatable } from './fixtures/commands.js';
import { asRequest } from './fixtures/test-app.js';
import { Lab, until } from './support/lab.js';

describe('too much work, and orderly ends', () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(() => lab.close());

  test('what is too much is refused as overloaded at once, and what was accepted is done', async () => {
    await lab.app({ concurrency: 4 });
    const rpc = await lab.gateway(1, 'diagnostics', { maxPending: 50 });
    const outcomes = await Promise.all(
      Array.from({ length: 150 }, async (_, i) => {
        const startedAt = performance.now();
        const code = await asRequest(() => rpc.call(onceOnly, { id: `job-${i}`, waitMs: 20 })).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        );
        return { code, tookMs: performance.now() - startedAt };
      }),
    );
    const refused = outcomes.filter(({ code }) => code === 'overloaded');
    expect(refused).toHaveLength(100);
    expect(outcomes.filter(({ code }) => code === 'ok')).toHaveLength(50);
    expect(Math.max(...refused.map(({ tookMs }) => tookMs))).toBeLessThan(20);
    expect([...lab.executions().values()]).toEqual(Array.from({ length: 50 }, () => 1));
  });

  test('a replica that is closed under load finishes what it has and loses nothing', async () => {
    const leaving = await lab.app();
    await lab.app();
    const rpc = await lab.gateway(2);
    let next = 0;
    const total = 600;
    const lane = async () => {
      for (let job = next++; job < total; job = next++) {
        if (job === total / 2) void leaving.close();
        await asRequest(() => rpc.call(onceOnly, { id: `job-${job}`, waitMs: 10 }));
      }
    };
    await Promise.all(Array.from({ length: 24 }, lane));
    expect(lab.executions().size).toBe(total);
    expect(new Set(lab.executions().values())).toEqual(new Set([1]));
    await until(async () => {
      const consumers = await lab.redis.command<unknown[]>('XINFO', 'CONSUMERS', 'tz:{diagnostics}:rpc', 'diagnostics');
      return consumers.length === 1;
    });
  });

  test('once the last replica has left, calls are refused within a second', async () => {
    const only = await lab.app();
    const rpc = await lab.gateway(1);
    await asRequest(() => rpc.call(repeatable, { id: 'a' }));
    await only.close();
    const startedAt = performance.now();
    await expect(asRequest(() => rpc.call(repeatable, { id: 'b' }))).rejects.toMatchObject({
      code: 'service-unavailable',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('a service that is just starting is waited for', async () => {
    const rpc = await lab.gateway(0);
    const [reply] = await Promise.all([asRequest(() => rpc.call(repeatable, { id: 'a' })), lab.app()]);
    expect(reply).toMatchObject({ id: 'a' });
  });
});
