import { loadConfig } from '@techze/config';
import { Logger } from '@techze/observability';
import { startRedis, waitFor, type RedisServer } from '@techze/testing';
import { RedisConnections, transportConfig, type TransportConfig } from '@techze/transport';
import { RateLimiter, type Charge, type Verdict } from '../src/index.js';

/** A gateway's share of the matter: its connection and its limiter. */
class Replica {
  readonly connections: RedisConnections;
  readonly limiter: RateLimiter;

  constructor(url: string, logger: Logger) {
    const config = loadConfig([transportConfig], { REDIS_URL: url });
    this.connections = new RedisConnections(config.get(transportConfig.token) as TransportConfig, logger);
    this.limiter = new RateLimiter(this.connections, logger);
  }

  start(): void {
    this.connections.onModuleInit();
    this.limiter.onModuleInit();
  }

  stop(): void {
    this.limiter.onApplicationShutdown();
    this.connections.onApplicationShutdown();
  }

  command<Reply>(...command: string[]): Promise<Reply> {
    return this.connections.commands.send<Reply>(command);
  }
}

const perMinute = (key: string, limit: number): Charge => ({ key, rate: { limit, windowMs: 60_000 } });
const passed = (verdicts: readonly Verdict[]) => verdicts.filter((verdict) => verdict.passed).length;

describe('three replicas', () => {
  let redis: RedisServer;
  let replicas: Replica[];
  const logged: string[] = [];
  let nextKey = 0;
  const newKey = () => `{test}:${nextKey++}`;

  beforeAll(async () => {
    redis = await startRedis();
    const logger = Logger.to({ write: (line: string) => void logged.push(line) });
    replicas = [1, 2, 3].map(() => new Replica(redis.url, logger));
    for (const replica of replicas) replica.start();
  });
  beforeEach(() => shared());
  afterAll(async () => {
    for (const replica of replicas) replica.stop();
    await redis.destroy();
  });

  /** What one takes is gone for the others, and one may take all: by shares it could not. */
  const shared = () =>
    waitFor(
      async () => {
        for (const taker of replicas) {
          const charge = perMinute(newKey(), 3);
          for (let each = 0; each < 3; each += 1) if (!(await taker.limiter.take([charge])).passed) return false;
          const more = await Promise.all(replicas.map(({ limiter }) => limiter.take([charge])));
          if (passed(more) > 0) return false;
        }
        return true;
      },
      { timeoutMs: 10_000 },
    );
  const storm = (count: number, charges: readonly Charge[]) =>
    Promise.all(Array.from({ length: count }, (_each, index) => replicas[index % 3]!.limiter.take(charges)));

  it.each([10, 20, 50, 100])('of 2 × %d at once exactly half pass', async (limit) => {
    expect(passed(await storm(2 * limit, [perMinute(newKey(), limit)]))).toBe(limit);
  });

  it('in no window, wherever it begins, do more than the limit pass, however hard they try', async () => {
    const charge: Charge = { key: newKey(), rate: { limit: 40, windowMs: 1_000 } };
    const sent: { at: number; until: number }[] = [];
    const end = performance.now() + 4_000;
    const hammer = async ({ limiter }: Replica): Promise<void> => {
      while (performance.now() < end) {
        const at = performance.now();
        const verdict = await limiter.take([charge]);
        if (verdict.passed) sent.push({ at, until: performance.now() });
      }
    };
    await Promise.all(replicas.flatMap((replica) => [hammer(replica), hammer(replica)]));
    expect(sent.length).toBeGreaterThanOrEqual(120);
    // Those that surely fell into the window, whenever in between Redis counted each.
    for (const { until } of sent)
      expect(sent.filter((each) => each.at >= until && each.until <= until + 1_000).length).toBeLessThanOrEqual(40);
  });

  it('a request that the ceiling refuses costs the caller nothing', async () => {
    const [user, other, tenant] = [newKey(), newKey(), newKey()];
    expect(passed(await storm(4, [perMinute(user, 2), perMinute(tenant, 3)]))).toBe(2);
    expect(passed(await storm(4, [perMinute(other, 2), perMinute(tenant, 3)]))).toBe(1);
    expect(passed(await storm(4, [perMinute(other, 2)]))).toBe(1);
  });

  it('says what remains, and how long until there is more', async () => {
    const charge = perMinute(newKey(), 2);
    const [one, two, three] = [await storm(1, [charge]), await storm(1, [charge]), await storm(1, [charge])].flat();
    expect([one?.remaining, two?.remaining, three?.remaining]).toEqual([1, 0, 0]);
    for (const verdict of [one, two, three]) {
      expect(verdict?.resetMs).toBeGreaterThan(55_000);
      expect(verdict?.resetMs).toBeLessThanOrEqual(60_001);
    }
  });

  it('leaves nothing behind for longer than its window, and one number a request that passed', async () => {
    const key = newKey();
    await storm(30, [perMinute(key, 10)]);
    const [one] = replicas;
    expect(await one!.command<number>('LLEN', `tz:limit:${key}`)).toBe(10);
    expect(await one!.command<number>('PTTL', `tz:limit:${key}`)).toBeLessThanOrEqual(61_000);
  });

  it('a log that was written under a clock far ahead locks nobody out', async () => {
    const key = newKey();
    const [one] = replicas;
    await one!.command('RPUSH', `tz:limit:${key}`, ...[1, 2, 3].map(() => String(Date.now() + 86_400_000)));
    expect(passed(await storm(6, [perMinute(key, 3)]))).toBe(3);
  });

  it('FLUSHALL and SCRIPT FLUSH fail no request: at worst the limit begins anew', async () => {
    const charge = perMinute(newKey(), 10);
    await storm(20, [charge]);
    await replicas[0]!.command('SCRIPT', 'FLUSH');
    expect(passed(await storm(20, [charge]))).toBe(0);
    await replicas[0]!.command('FLUSHALL');
    expect(passed(await storm(40, [charge]))).toBe(10);
  });

  it('with Redis at its memory’s end goes by shares, and comes back', async () => {
    await replicas[0]!.command('CONFIG', 'SET', 'maxmemory', '1');
    const verdicts = await storm(60, [perMinute(newKey(), 30)]);
    expect(passed(verdicts)).toBe(30);
    await replicas[0]!.command('CONFIG', 'SET', 'maxmemory', '0');
    await shared();
  });

  it('a Redis that hangs holds nobody up: each grants a third of the limit, and within 2 s of its return all share again', async () => {
    const known = perMinute(newKey(), 30);
    await storm(30, [known]);
    process.kill(redis.pid ?? NaN, 'SIGSTOP');
    try {
      await storm(3, [perMinute(newKey(), 3)]);
      const begun = performance.now();
      expect(passed(await storm(120, [perMinute(newKey(), 30)]))).toBe(30);
      expect(performance.now() - begun).toBeLessThan(250);
      // Each remembers what it has let pass of late.
      expect(passed(await storm(60, [known]))).toBe(0);
    } finally {
      process.kill(redis.pid ?? NaN, 'SIGCONT');
    }
    const resumed = performance.now();
    await shared();
    expect(performance.now() - resumed).toBeLessThan(2_000);
  });

  it('a Redis that is gone and comes back empty: shares meanwhile, and all share again within 2 s', async () => {
    await redis.stop();
    expect(passed(await storm(120, [perMinute(newKey(), 30)]))).toBe(30);
    expect(passed(await storm(30, [perMinute(newKey(), 2)]))).toBe(3);
    await redis.start();
    const back = performance.now();
    await shared();
    expect(performance.now() - back).toBeLessThan(2_000);
    const changes = logged.filter((line) => /Redis is away: each replica|limits are shared/.test(line));
    expect(changes.length).toBeLessThan(60);
  });

  it('a replica that is gone leaves its share to the others', async () => {
    replicas[2]!.stop();
    await waitFor(async () => (await replicas[0]!.command<number>('ZCARD', 'tz:limits:replicas')) === 2, {
      timeoutMs: 10_000,
    });
    const key = newKey();
    // Fewer are believed only after a while without a fault: each look is one.
    await waitFor(
      async () => {
        process.kill(redis.pid ?? NaN, 'SIGSTOP');
        try {
          const charge = perMinute(`${key}:${nextKey++}`, 30);
          const two = replicas.slice(0, 2);
          const verdicts = await Promise.all(
            two.flatMap(({ limiter }) => Array.from({ length: 30 }, () => limiter.take([charge]))),
          );
          return passed(verdicts) === 30;
        } finally {
          process.kill(redis.pid ?? NaN, 'SIGCONT');
        }
      },
      { timeoutMs: 20_000, everyMs: 3_000 },
    );
  });
});
