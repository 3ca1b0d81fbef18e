import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresCluster } from '../postgres/postgres-cluster.js';
import { isSame, signal, type ProcessIdentity } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import { RedisServer } from '../redis/redis-server.js';
import { readRuntime } from './runtime-file.js';
import type { StateFolder } from './state-folder.js';

/** Ends apps that a killed supervisor left running: asks, waits, then insists. @returns those it found */
export async function endLeftApps<Left extends ProcessIdentity>(
  apps: readonly Left[],
  patienceMs: number,
): Promise<Left[]> {
  const left = apps.filter(isSame);
  for (const { pid } of left) signal(pid, 'SIGTERM');
  const allGone = (): boolean => !left.some(isSame);
  await waitFor(allGone, { timeoutMs: patienceMs }).catch(() => {
    for (const app of left.filter(isSame)) signal(app.pid, 'SIGKILL');
    return waitFor(allGone, { what: 'processes of the last start did not die' });
  });
  return left;
}

/** Ends all that runs on a state folder, in order, and keeps the data. @returns whether anything ran */
export async function stopLeftovers(state: StateFolder): Promise<boolean> {
  const apps = await endLeftApps(readRuntime(state.runtimeFile).apps, 10_000);
  const redis = RedisServer.in(state.redis);
  const postgres = existsSync(state.postgres) ? await PostgresCluster.create({ folder: state.postgres }) : undefined;
  const servers = [...(postgres?.nodes ?? []), redis].filter((server) => server.isRunning);
  await postgres?.stop();
  await redis.stop();
  for (const file of [state.demoFile, state.supervisorFile]) await rm(file, { force: true });
  return apps.length + servers.length > 0;
}

/** Ends all that runs on a state folder at once and removes it with its data, but for the entries to keep. */
export async function destroyState(
  state: StateFolder,
  { keep = [] }: { keep?: readonly string[] } = {},
): Promise<void> {
  await endLeftApps(readRuntime(state.runtimeFile).apps, 0);
  if (existsSync(state.postgres)) await (await PostgresCluster.create({ folder: state.postgres })).destroy();
  await RedisServer.in(state.redis).destroy();
  for (const name of await readdir(state.path)) {
    if (!keep.includes(name)) await rm(join(state.path, name), { recursive: true, force: true });
  }
  if (keep.length === 0) await rm(state.path, { recursive: true, force: true });
}
