import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { ConfigModule, loadConfig } from '@techze/config';
import { Problem, type Principal } from '@techze/contracts';
import {
  cacheHitsTotal,
  CommitMark,
  END_OF_LOG,
  continueTrace,
  currentContext,
  Logger,
  ObservabilityModule,
  runInContext,
  runWith,
} from '@techze/observability';
import { startRedis, waitFor, type RedisServer } from '@techze/testing';
import { createClient } from 'redis';
import { CacheModule } from '../src/cache.module.js';
import { cacheConfig } from '../src/cache.config.js';
import { cacheErrorsTotal } from '../src/metrics.js';
import { TenantCache } from '../src/tenant-cache.js';

const CACHE = 'reports';
const TTL_MS = 60_000;

const person = (tenant_id: string): Principal => ({
  kind: 'user',
  tenant_id,
  sub: '0192a8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  sid: 'ses_1',
  role: 'viewer',
});
const agent = (tenant_id: string, device_id: string): Principal => ({
  kind: 'agent',
  tenant_id,
  device_id,
  role: 'agent',
});

function as<T>(principal: Principal, work: () => Promise<T>, deadline = Date.now() + 10_000): Promise<T> {
  const context = { requestId: 'r', trace: continueTrace(undefined), deadline, principal };
  return runInContext(context, work);
}

/** As a session that wrote before. */
function after<T>(readAfter: string | undefined, work: () => Promise<T>, commits = new CommitMark()): Promise<T> {
  return as(person('tnt_a'), () => runWith({ readAfter, commits }, work));
}

let redis: RedisServer;
let observer: ReturnType<typeof createClient>;
const apps: INestApplicationContext[] = [];

/** One process's cache. */
async function startCache(): Promise<TenantCache> {
  const logger = Logger.to({ write: () => {} });
  const config = loadConfig([cacheConfig], { REDIS_URL: redis.url });
  const modules = [ConfigModule.forRoot(config), ObservabilityModule.forRoot(logger), CacheModule.forRoot()];
  class App {}
  const app = await NestFactory.createApplicationContext({ module: App, imports: modules }, { logger: false });
  apps.push(app);
  return app.get(TenantCache);
}

/** Reads until the cache serves them: a process does not wait for its cache at the start. */
async function untilWarm(cache: TenantCache): Promise<void> {
  await waitFor(async () => {
    let loads = 0;
    await as(person('tnt_warm'), () => cache.getOrLoad(CACHE, 'warm', TTL_MS, () => Promise.resolve(++loads)));
    return loads === 0;
  });
}

const hits = async () => (await cacheHitsTotal.get()).values.reduce((sum, { value }) => sum + value, 0);
const errors = async () => (await cacheErrorsTotal.get()).values.reduce((sum, { value }) => sum + value, 0);

function latch() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

beforeAll(async () => {
  redis = await startRedis();
  observer = createClient({ url: redis.url });
  observer.on('error', () => {});
  await observer.connect();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await observer.flushAll();
});
afterAll(async () => {
  observer.destroy();
  await redis.destroy();
});

describe('the tenant cache', () => {
  it('keeps an answer for its tenant, in Redis, and counts hits', async () => {
    const [one, other] = [await startCache(), await startCache()];
    await untilWarm(one);
    await untilWarm(other);
    const before = await hits();
    expect(await as(person('tnt_a'), () => one.getOrLoad(CACHE, 'k', TTL_MS, async () => ({ n: 1 })))).toEqual({
      n: 1,
    });
    await waitFor(() => observer.exists(`tz:cache:${CACHE}:tnt_a:all:k`));
    expect(await as(person('tnt_a'), () => other.getOrLoad(CACHE, 'k', TTL_MS, async () => ({ n: 2 })))).toEqual({
      n: 1,
    });
    expect(await as(person('tnt_b'), () => one.getOrLoad(CACHE, 'k', TTL_MS, async () => ({ n: 3 })))).toEqual({
      n: 3,
    });
    expect((await hits()) - before).toBe(1);
  });

  it('tells apart what row-level security tells apart: an agent never reads what people or other devices loaded', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    const read = (principal: Principal, value: string) =>
      as(principal, () => cache.getOrLoad(CACHE, 'k', TTL_MS, () => Promise.resolve(value)));
    expect(await read(person('tnt_a'), 'all')).toBe('all');
    expect(await read(agent('tnt_a', 'dev_1'), 'one')).toBe('one');
    expect(await read(agent('tnt_a', 'dev_2'), 'two')).toBe('two');
    await waitFor(async () => (await observer.keys(`tz:cache:${CACHE}:tnt_a:*:k`)).length === 4);
    expect(await read(agent('tnt_a', 'dev_1'), 'x')).toBe('one');
    expect(await read(person('tnt_a'), 'x')).toBe('all');
  });

  it('refuses to work for nobody', async () => {
    const cache = await startCache();
    await expect(cache.getOrLoad(CACHE, 'k', TTL_MS, () => Promise.resolve(1))).rejects.toThrow('needs a principal');
  });

  it('gives every key an end', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    for (const key of await observer.keys('tz:cache:*')) expect(await observer.pTTL(key)).toBeGreaterThan(0);
  });

  it('loads once for many concurrent callers, and again after a load that failed', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    let loads = 0;
    const load = async () => {
      loads += 1;
      await new Promise(setImmediate);
      if (loads === 1) throw new Error('first');
      return loads;
    };
    const read = () => as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'stampede', TTL_MS, load));
    const first = await Promise.allSettled(Array.from({ length: 50 }, read));
    expect(first.some(({ status }) => status === 'rejected')).toBe(true);
    await waitFor(async () => (await read()) > 1);
    const loadsBefore = loads;
    await as(person('tnt_a'), () => cache.drop(CACHE, 'stampede'));
    const gate = latch();
    const slow = () =>
      as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'stampede', TTL_MS, () => gate.opened.then(() => ++loads)));
    const crowd = Promise.all(Array.from({ length: 100 }, slow));
    gate.open();
    expect(new Set(await crowd).size).toBe(1);
    expect(loads).toBe(loadsBefore + 1);
  });

  it.each(['the same process', 'another process'])(
    'an invalidation in %s during a load leaves nothing of the old answer',
    async (where) => {
      const loader = await startCache();
      const dropper = where === 'the same process' ? loader : await startCache();
      await untilWarm(loader);
      await untilWarm(dropper);
      const read = (load: () => Promise<string>) =>
        as(person('tnt_a'), () => loader.getOrLoad(CACHE, 'raced', TTL_MS, load));
      const gate = latch();
      const started = latch();
      const old = read(async () => {
        started.open();
        await gate.opened;
        return 'old';
      });
      await started.opened;
      await as(person('tnt_a'), () => dropper.drop(CACHE, 'raced'));
      // A caller that comes after the invalidation does not join the old load …
      expect(await read(() => Promise.resolve('new'))).toBe('new');
      gate.open();
      expect(await old).toBe('old');
      // … and the old answer, stored last, is never read.
      await waitFor(async () => (await observer.get(`tz:cache:${CACHE}:tnt_a:all:raced`))?.includes('old'));
      expect(await read(() => Promise.resolve('newer'))).not.toBe('old');
    },
  );

  describe('a key that was changed', () => {
    const GENERATION = `tz:cache:${CACHE}:tnt_a:@generation:changed`;
    const ENTRY = `tz:cache:${CACHE}:tnt_a:all:changed`;
    const change = (cache: TenantCache, work: () => Promise<void>) =>
      as(person('tnt_a'), () => cache.change(CACHE, 'changed', work));
    /** @returns the answer, and whether it was to be loaded from the primary */
    const read = (cache: TenantCache, value: string) =>
      as(person('tnt_a'), () =>
        cache.getOrLoad(CACHE, 'changed', TTL_MS, () =>
          Promise.resolve({ value, primary: currentContext()?.readPrimary }),
        ),
      );

    it('is loaded from the primary in every process, and not kept, until replicas know; then it is kept again', async () => {
      const [one, other] = [await startCache(), await startCache()];
      await untilWarm(one);
      await untilWarm(other);
      expect(await read(other, 'old')).toEqual({ value: 'old', primary: false });
      await waitFor(() => observer.exists(ENTRY));
      await change(one, () => Promise.resolve());
      expect(await read(other, 'new')).toEqual({ value: 'new', primary: true });
      expect(await read(other, 'newer')).toEqual({ value: 'newer', primary: true });
      expect(await observer.pTTL(GENERATION)).toBeGreaterThan(10_000);
      await observer.del(GENERATION); // as its end does
      expect(await read(other, 'settled')).toEqual({ value: 'settled', primary: false });
      await waitFor(async () => (await read(other, 'x')).value === 'settled');
    });

    it('shows nothing of before where the process died between commit and invalidation', async () => {
      const [dying, other] = [await startCache(), await startCache()];
      await untilWarm(dying);
      await untilWarm(other);
      await read(other, 'old');
      await waitFor(() => observer.exists(ENTRY));
      let seen: unknown;
      void change(dying, async () => {
        seen = await read(other, 'before the commit');
        await new Promise(() => undefined); // never comes to the second invalidation
      });
      await waitFor(() => seen !== undefined);
      expect(await read(other, 'after the commit')).toEqual({ value: 'after the commit', primary: true });
    });

    it('parts those who read after the commit from a load that began before it', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      const gate = latch();
      let early: Promise<unknown> | undefined;
      await change(cache, async () => {
        const started = latch();
        early = as(person('tnt_a'), () =>
          cache.getOrLoad(CACHE, 'changed', TTL_MS, async () => {
            started.open();
            await gate.opened;
            return { value: 'old', primary: true };
          }),
        );
        await started.opened;
      });
      expect((await read(cache, 'new')).value).toBe('new');
      gate.open();
      expect(await early).toMatchObject({ value: 'old' });
    });

    it('is told of also where the change failed, and the failure is the caller’s', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      await expect(change(cache, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
      expect(await observer.get(GENERATION)).toMatch(/^!/);
    });
  });

  describe('a session that wrote', () => {
    const ENTRY = `tz:cache:${CACHE}:tnt_a:all:written`;
    const read = (cache: TenantCache, readAfter: string | undefined, value: string) =>
      after(readAfter, () => cache.getOrLoad(CACHE, 'written', TTL_MS, () => Promise.resolve(value)));
    /** Reads, and waits until that is what is kept. */
    const keep = async (cache: TenantCache, readAfter: string | undefined, value: string) => {
      expect(await read(cache, readAfter, value)).toBe(value);
      await waitFor(async () => (await observer.get(ENTRY))?.includes(`"${value}"`));
    };

    it.each(['the same process', 'another process'])(
      'is not given what %s kept before, and others are given what it loads then',
      async (where) => {
        const one = await startCache();
        const other = where === 'the same process' ? one : await startCache();
        await untilWarm(one);
        await untilWarm(other);
        await keep(other, undefined, 'from a replica that was behind');
        await keep(one, 'F/FFFFFFFF', 'with its write');
        for (const readAfter of [undefined, 'F/1', 'F/FFFFFFFF', '0000000F/FFFFFFFF'])
          expect(await read(other, readAfter, 'loaded again')).toBe('with its write');
        expect(await read(other, '10/0', 'with a later write')).toBe('with a later write');
      },
    );

    it('in this very request is not given what was kept before that', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      await keep(cache, '1/0', 'old');
      const commits = new CommitMark();
      const readAgain = (value: string) =>
        after('1/0', () => cache.getOrLoad(CACHE, 'written', TTL_MS, () => Promise.resolve(value)), commits);
      expect(await readAgain('new')).toBe('old');
      commits.advance('2/0');
      expect(await readAgain('new')).toBe('new');
    });

    it('does not join a load that may show what was before, and shares one with those who read after the same', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      const gate = latch();
      const begun: (string | undefined)[] = [];
      const slow = (readAfter: string | undefined) =>
        after(readAfter, () =>
          cache.getOrLoad(CACHE, 'written', TTL_MS, async () => {
            const seen = currentContext()?.readAfter;
            begun.push(seen);
            await gate.opened;
            return seen ?? 'any';
          }),
        );
      const early = slow(undefined);
      await waitFor(() => begun.length === 1);
      const others = ['1/0', '2/0', '1/0', undefined].map(slow);
      await waitFor(() => begun.length === 3);
      gate.open();
      expect(await Promise.all([early, ...others])).toEqual(['any', '1/0', '2/0', '1/0', 'any']);
      expect(begun).toEqual([undefined, '1/0', '2/0']);
    });

    it('nobody knows where is given nothing that others loaded, and what it loads is its own', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      await keep(cache, '1/0', 'kept');
      expect(await read(cache, END_OF_LOG, 'first')).toBe('first');
      expect(await read(cache, END_OF_LOG, 'second')).toBe('second');
      expect(await read(cache, '1/0', 'x')).toBe('kept');
    });

    it('sees it also while the cache is away', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      await redis.stop();
      try {
        const gate = latch();
        const started = latch();
        const old = as(person('tnt_a'), () =>
          cache.getOrLoad(CACHE, 'written', TTL_MS, async () => {
            started.open();
            await gate.opened;
            return 'old';
          }),
        );
        await started.opened;
        expect(await read(cache, '1/0', 'new')).toBe('new');
        gate.open();
        expect(await old).toBe('old');
      } finally {
        await redis.start();
      }
    });
  });

  describe('of those who share one load', () => {
    /** A load that its caller's deadline ends. */
    const hurried = (loads: number[], gate: Promise<void>) => async () => {
      const deadline = currentContext()?.deadline ?? 0;
      loads.push(deadline);
      await gate;
      if (Date.now() >= deadline) throw new Problem('deadline-exceeded');
      return 'answer';
    };

    it('each has its own deadline: who has more time than the first one is answered, by one load more', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      const gate = latch();
      const loads: number[] = [];
      const read = (deadline: number) =>
        as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'shared', TTL_MS, hurried(loads, gate.opened)), deadline);
      const short = Date.now() + 150;
      const first = read(short);
      await waitFor(() => loads.length === 1);
      const others = Array.from({ length: 10 }, () => read(Date.now() + 10_000));
      await waitFor(() => Date.now() > short);
      gate.open();
      await expect(first).rejects.toMatchObject({ code: 'deadline-exceeded' });
      expect(await Promise.all(others)).toEqual(Array(10).fill('answer'));
      expect(loads).toHaveLength(2);
    });

    it('who has less time is told so when it is over, and the load goes on for the others', async () => {
      const cache = await startCache();
      await untilWarm(cache);
      const gate = latch();
      const loads: number[] = [];
      const read = (deadline: number) =>
        as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'shared', TTL_MS, hurried(loads, gate.opened)), deadline);
      const first = read(Date.now() + 10_000);
      await waitFor(() => loads.length === 1);
      await expect(read(Date.now() + 50)).rejects.toMatchObject({ code: 'deadline-exceeded' });
      gate.open();
      expect(await first).toBe('answer');
      expect(loads).toHaveLength(1);
    });
  });

  it('an invalidation while there is no Redis still parts later callers from the old load', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    const read = (load: () => Promise<string>) =>
      as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'raced', TTL_MS, load));
    await redis.stop();
    try {
      const gate = latch();
      const started = latch();
      const old = read(async () => {
        started.open();
        await gate.opened;
        return 'old';
      });
      await started.opened;
      await as(person('tnt_a'), () => cache.drop(CACHE, 'raced'));
      expect(await read(() => Promise.resolve('new'))).toBe('new');
      gate.open();
      expect(await old).toBe('old');
    } finally {
      await redis.start();
    }
  });

  it('an invalidation by a person reaches what agents cached', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    const read = (value: string) =>
      as(agent('tnt_a', 'dev_1'), () => cache.getOrLoad(CACHE, 'mine', TTL_MS, () => Promise.resolve(value)));
    await read('old');
    await waitFor(async () => (await read('x')) === 'old');
    await as(person('tnt_a'), () => cache.drop(CACHE, 'mine'));
    expect(await read('new')).toBe('new');
  });

  it('does not keep more than 256 KiB or what is not JSON', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    for (const [key, value] of [
      ['large', 'x'.repeat(256 * 1024)],
      ['nothing', undefined],
      ['number', 10n],
    ] as const) {
      const read = () => as(person('tnt_a'), () => cache.getOrLoad(CACHE, key, TTL_MS, () => Promise.resolve(value)));
      expect(await read()).toBe(value);
      await read(); // behind the attempt to keep it, on the same connection
      expect(await observer.exists(`tz:cache:${CACHE}:tnt_a:all:${key}`)).toBe(0);
    }
  });

  it.each(['word{"half', 'word {"half', 'word{"of":"an older version"}'])(
    'takes an unreadable entry as a miss: %s',
    async (entry) => {
      const cache = await startCache();
      await untilWarm(cache);
      const keys = { generation: `tz:cache:${CACHE}:tnt_a:@generation:bad`, entry: `tz:cache:${CACHE}:tnt_a:all:bad` };
      await observer.set(keys.generation, 'word');
      await observer.set(keys.entry, entry);
      expect(await as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'bad', TTL_MS, async () => 'good'))).toBe('good');
    },
  );

  it('goes on without a Redis that hangs, slowing down one read only, and loses no invalidation', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    const read = (key: string, value: string) =>
      as(person('tnt_a'), () => cache.getOrLoad(CACHE, key, TTL_MS, () => Promise.resolve(value)));
    await read('kept', 'old');
    await read('dropped', 'old');
    const before = await errors();
    process.kill(redis.pid ?? NaN, 'SIGSTOP');
    try {
      const start = performance.now();
      for (let i = 0; i < 20; i++) expect(await read('kept', 'new')).toBe('new');
      await as(person('tnt_a'), () => cache.drop(CACHE, 'dropped'));
      expect(performance.now() - start).toBeLessThan(500);
      expect(await errors()).toBeGreaterThan(before);
    } finally {
      process.kill(redis.pid ?? NaN, 'SIGCONT');
    }
    await waitFor(async () => (await read('kept', 'new')) === 'old');
    expect(await read('dropped', 'new')).toBe('new');
  });

  it('goes on while Redis is gone and serves again when it is back', async () => {
    const cache = await startCache();
    await untilWarm(cache);
    await redis.stop();
    const read = (value: string) =>
      as(person('tnt_a'), () => cache.getOrLoad(CACHE, 'gone', TTL_MS, () => Promise.resolve(value)));
    expect(await read('without')).toBe('without');
    await expect(as(person('tnt_a'), () => cache.drop(CACHE, 'gone'))).resolves.toBeUndefined();
    await redis.start();
    await untilWarm(cache);
    expect(await read('with')).toBe('with');
  });
});
