import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Logger } from '@techze/observability';
import { startRedis, type RedisServer } from '@techze/testing';
import { Parcels } from '../src/parcels.js';
import { RedisConnections } from '../src/redis-connections.js';
import { asRequest } from './fixtures/test-app.js';
import { TestRedis } from './support/redis.js';

const MIB = 1024 * 1024;
const logger = Logger.to(new PassThrough().resume());
const connectionsTo = (redisUrl: string) => {
  const connections = new RedisConnections({ redisUrl, deadlineMs: 10_000, concurrency: 1, maxPending: 1 }, logger);
  connections.onModuleInit();
  return connections;
};
const problem = (code: string) => expect.objectContaining({ name: 'Problem', code });

describe('a parcel', () => {
  let redis: RedisServer;
  let connections: RedisConnections;
  let parcels: Parcels;

  beforeAll(async () => {
    redis = await startRedis();
    connections = connectionsTo(redis.url);
    parcels = new Parcels(connections);
  });
  afterAll(async () => {
    connections.onApplicationShutdown();
    await redis.stop();
  });

  const kept = async () => {
    await connections.commands.untilReady();
    return connections.commands.send<string[]>(['KEYS', 'tz:parcel:*']);
  };

  it('is a text in the message while it is small', async () => {
    const freight = await parcels.pack(Buffer.from('{"é":1}'));
    expect(freight).toEqual({ text: '{"é":1}' });
    expect((await parcels.unpack(freight)).toString()).toBe('{"é":1}');
    expect(await kept()).toEqual([]);
  });

  it('is the same bytes at the other end when it is large, for a while, as often as they are needed', async () => {
    const bytes = randomBytes(8 * MIB);
    const freight = await parcels.pack(bytes);
    expect(freight).toEqual({ parcel: expect.any(String), sha256: expect.any(String) });
    for (let time = 0; time < 2; time += 1) expect((await parcels.unpack(freight)).equals(bytes)).toBe(true);
    const [key = ''] = await kept();
    const life = await connections.commands.send<number>(['PTTL', key]);
    expect(life).toBeGreaterThan(30_000);
    expect(life).toBeLessThanOrEqual(60_000);
    expect((await parcels.unpackOnce(freight)).equals(bytes)).toBe(true);
    expect(await kept()).toEqual([]);
  });

  it('is gone when it is discarded, and then says so', async () => {
    const freight = await parcels.pack(Buffer.alloc(100_000));
    await parcels.discard(freight);
    await expect(parcels.unpack(freight)).rejects.toEqual(problem('service-unavailable'));
    await parcels.discard(freight);
  });

  it('is nothing else of what lies in Redis', async () => {
    await connections.commands.send(['SET', 'tz:secret', 'x']);
    for (const parcel of ['../secret', '*', 'x'])
      await expect(parcels.unpack({ parcel, sha256: '' })).rejects.toEqual(problem('internal'));
  });

  it('is refused when other bytes lie under its name', async () => {
    for (const unpack of ['unpack', 'unpackOnce'] as const) {
      const freight = await parcels.pack(Buffer.alloc(100_000, 'a'));
      const [key = ''] = await kept();
      await connections.commands.send(['SET', key, 'b'.repeat(100_000)]);
      await expect(parcels[unpack](freight)).rejects.toEqual(problem('internal'));
      await parcels.discard(freight);
    }
  });

  it('is refused before it is written when the others fill what a process may have lying in Redis', async () => {
    const sender = new Parcels(connections);
    const bytes = Buffer.alloc(8 * MIB);
    const sent = await Promise.allSettled(Array.from({ length: 40 }, () => sender.pack(bytes)));
    const refused = sent.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual(Array(36).fill({ status: 'rejected', reason: problem('overloaded') }));
    expect(await kept()).toHaveLength(4);
    const [first, second, third, fourth] = sent.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (!first || !second || !third || !fourth) throw new Error('four were packed');
    // One by who packed it, two as answers are: elsewhere.
    await sender.discard(first);
    for (const each of [second, third]) await parcels.unpackOnce(each);
    const again = await Promise.all([sender.pack(bytes), sender.pack(bytes), sender.pack(bytes)]);
    await expect(sender.pack(bytes)).rejects.toEqual(problem('overloaded'));
    for (const each of [fourth, ...again]) await sender.discard(each);
    expect(await kept()).toEqual([]);
  });
});

describe('with a Redis that hangs', () => {
  let redis: TestRedis;
  let connections: RedisConnections;
  beforeAll(async () => {
    redis = await TestRedis.start();
    connections = connectionsTo(redis.url);
  });
  afterAll(async () => {
    connections.onApplicationShutdown();
    await redis.stop();
  });

  it('parcels are refused within two seconds or the deadline, connected or not, and go on after it', async () => {
    const bytes = Buffer.alloc(100_000);
    const connected = new Parcels(connections);
    const freight = await connected.pack(bytes);
    redis.signal('SIGSTOP');
    const begun = Date.now();
    const away = problem('service-unavailable');
    const outcome = (work: Promise<unknown>) => expect(work).rejects.toEqual(away);
    const fresh = new Parcels(connections);
    await asRequest(
      () =>
        Promise.all([outcome(connected.unpack(freight)), outcome(connected.pack(bytes)), outcome(fresh.pack(bytes))]),
      { deadlineMs: 200 },
    );
    expect(Date.now() - begun).toBeLessThan(1_000);
    await Promise.all([outcome(connected.unpack(freight)), outcome(connected.pack(bytes)), outcome(fresh.pack(bytes))]);
    expect(Date.now() - begun).toBeLessThan(4_000);
    redis.signal('SIGCONT');
    for (const parcels of [connected, fresh]) {
      const packed = await parcels.pack(bytes);
      expect((await parcels.unpackOnce(packed)).equals(bytes)).toBe(true);
    }
    await connected.discard(freight);
    // Nor does anything stay of what was given up.
    expect(await redis.command('KEYS', 'tz:parcel:*')).toEqual([]);
  });
});
