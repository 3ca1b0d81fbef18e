import childProcess, { type ExecSyncOptions } from 'node:child_process';

/** A read of /proc, `lsblk` or `systemctl` that takes longer will not come back at all. */
const SYNC_TIME_LIMIT_MS = 3_000;

/**
 * `systeminformation` runs some programs synchronously and without a limit of time (`hostname -f` behind a dead
 * resolver, `systemctl` behind a dead bus): one of them would stop the agent, its timers included. The library takes
 * `execSync` when it is loaded, so this comes before.
 */
export function boundSynchronousPrograms(): void {
  const original = childProcess.execSync;
  const bounded = (command: string, options: ExecSyncOptions = {}) =>
    original(command, { timeout: SYNC_TIME_LIMIT_MS, killSignal: 'SIGKILL', ...options });
  childProcess.execSync = bounded as typeof childProcess.execSync;
}
