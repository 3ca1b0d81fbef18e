import { createClient } from 'redis';
import { LocalStackError } from '../local-stack-error.js';
import { reasonOf } from './reason-of.js';

const LIMIT_MS = 3_000;

/** Checks that the Redis of REDIS_URL answers. @throws LocalStackError one line: variable, host, port, reason; never a password */
export async function reachRedis(redisUrl: string): Promise<void> {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (!url?.hostname || !['redis:', 'rediss:'].includes(url.protocol))
    throw new LocalStackError('REDIS_URL: is not a redis://host:port URL');
  const client = createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    socket: { connectTimeout: LIMIT_MS, reconnectStrategy: false },
  });
  client.on('error', () => {}); // connect() rejects with it
  const late = AbortSignal.timeout(LIMIT_MS);
  try {
    await Promise.race([
      client.connect().then(() => client.ping()),
      new Promise((_, reject) => late.addEventListener('abort', () => reject(late.reason as Error))),
    ]);
  } catch (error) {
    throw new LocalStackError(
      `REDIS_URL: cannot reach ${url.hostname}:${url.port || 6379}: ${reasonOf(error, LIMIT_MS)}`,
    );
  } finally {
    client.destroy();
  }
}
