import { startRedis } from '@techze/testing';
import { createClient } from 'redis';

test('Redis keeps its port over a crash and never evicts', async () => {
  const redis = await startRedis();
  const url = redis.url;
  await redis.kill();
  expect(redis.isRunning).toBe(false);
  await redis.start();
  expect(redis.url).toBe(url);

  const client = createClient({ url });
  await client.connect();
  expect(await client.configGet('maxmemory-policy')).toEqual({ 'maxmemory-policy': 'noeviction' });
  await client.close();
  await redis.destroy();
});
