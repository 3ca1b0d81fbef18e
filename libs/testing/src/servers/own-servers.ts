import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PostgresCluster, RedisServer, StateFolder, type PostgresClusterOptions } from '@techze/local-stack';
import { sharedServers } from '../run/shared-servers.js';
import { prepareTemplate } from './template.js';

/** Starts a Redis of the test's own, which it may stop, restart and flush. `destroy()` it at the end. */
export async function startRedis(options: { durable?: boolean } = {}): Promise<RedisServer> {
  const { redisProgram } = sharedServers();
  const state = ownState();
  const redis = new RedisServer({ program: redisProgram, folder: state.redis, durable: options.durable ?? false });
  await redis.start();
  return redis;
}

/** Starts a PostgreSQL primary and replicas of the test's own, which it may break (2 s). `destroy()` it at the end. */
export async function startPostgres(
  options: Pick<PostgresClusterOptions, 'replicas' | 'settings'> = {},
): Promise<PostgresCluster> {
  const cluster = await PostgresCluster.create({ ...options, folder: ownState().postgres, durable: false });
  await cluster.start();
  await prepareTemplate(cluster);
  return cluster;
}

/** A state folder below the run's: what a test leaves running there ends with the run. */
export function ownState(): StateFolder {
  return StateFolder.at(join(sharedServers().folder, randomBytes(6).toString('hex'))).create();
}
