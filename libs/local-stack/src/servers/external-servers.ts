import { externalDatabase } from './external-database.js';
import { reachRedis } from './external-redis.js';

/** Checks that the servers which the environment names are there. @throws LocalStackError one line: variable, host, port, reason */
export async function checkExternalServers({
  DATABASE_NODES,
  DATABASE_URL,
  REDIS_URL,
}: NodeJS.ProcessEnv): Promise<void> {
  await externalDatabase({ DATABASE_NODES, DATABASE_URL });
  if (REDIS_URL) await reachRedis(REDIS_URL);
}
