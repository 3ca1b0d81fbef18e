import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Logger } from '@techze/observability';
import { startRedis, type RedisServer } from '@techze/testing';
import { Parcels } from '../src/parcels.js';
import { RedisConnections } from '../src/redis-connections.js';

describe('a parcel', () => {
  let redis: RedisServer;
  let connections: RedisConnections;
  let parcels: Parcels;

  beforeAll(async () => {
    redis = await startRedis();
    const logger = Logger.to(new PassThrough().resume());
    const config = { redisUrl: redis.url, deadlineMs: 10_000, concurrency: 1, maxPending: 1 };
    connections = new RedisConnections(config, logger);
    connections.onModuleInit();
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
    const bytes = randomBytes(8 * 1024 * 1024);
    const freight = await parcels.pack(bytes);
    expect(freight).toEqual({ parcel: expect.any(String) });
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
    const gone = expect.objectContaining({ name: 'Problem', code: 'service-unavailable' });
    await expect(parcels.unpack(freight)).rejects.toEqual(gone);
    await parcels.discard(freight);
  });

  it('is nothing else of what lies in Redis', async () => {
    await connections.commands.send(['SET', 'tz:secret', 'x']);
    for (const parcel of ['../secret', '*', 'x'])
      await expect(parcels.unpack({ parcel })).rejects.toEqual(expect.objectContaining({ code: 'internal' }));
  });
});
