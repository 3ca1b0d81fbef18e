import { createClient } from 'redis';
import { LocalStackError } from '../local-stack-error.js';
import { reasonOf } from './reason-of.js';

const LIMIT_MS = 3_000;

/** Checks that the Redis of REDIS_URL answers. @throws LocalStackError one line: variable, host, port, reason; never a password */
export async function reachRedis(redisUrl: string): Promise<void> {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (!url?.hostname || !['redis:', 'rediss:'].includes(url.protocol))
    throw new LocalStackError('REDIS_URL: is not a redis://host:port URL');
  const where = `REDIS_URL: ${url.hostname}:${url.port || 6379}`;
  const client = createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    socket: { connectTimeout: LIMIT_MS, reconnectStrategy: false },
  });
  client.on('error', () => {}); // connect() rejects with it
  const late = AbortSignal.timeout(LIMIT_MS);
  try {
    await Promise.race([
      client.connect().then(() => mustKeepEverything(client, where)),
      new Promise((_, reject) => late.addEventListener('abort', () => reject(late.reason as Error))),
    ]);
  } catch (error) {
    if (error instanceof LocalStackError) throw error;
    const { message } = error as Error;
    if (/^(NOAUTH|WRONGPASS)/.test(message))
      throw new LocalStackError(`${where} refuses: the password is missing or wrong`);
    throw new LocalStackError(
      `REDIS_URL: cannot reach ${url.hostname}:${url.port || 6379}: ${reasonOf(error, LIMIT_MS)}`,
    );
  } finally {
    client.destroy();
  }
}

interface RedisSettings {
  ping(): Promise<unknown>;
  configGet(name: string): Promise<Readonly<Record<string, string>>>;
}

/** A bus that evicts loses messages. A server that does not tell its settings is believed. */
async function mustKeepEverything(client: RedisSettings, where: string): Promise<void> {
  await client.ping();
  const settings = await client.configGet('maxmemory-policy').catch(() => undefined);
  const policy = settings?.['maxmemory-policy'];
  if (policy !== undefined && policy !== 'noeviction')
    throw new LocalStackError(`${where} may evict messages: its maxmemory-policy is ${policy} and must be noeviction`);
}
