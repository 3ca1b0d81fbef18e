import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { CycleOutcome, CycleReport, CycleStage } from './cycle.js';

/** A cycle that takes longer hangs; what it has in the spool is safe. */
const LIMIT_MS = 30 * 60_000;
/** For the end that it was asked for. */
const GRACE_MS = 5_000;
/** One cycle makes little garbage: it need not grow as a server would. */
const SMALL = ['--max-semi-space-size=1', '--optimize-for-size'];

/** Does one cycle in a process of its own: what it needs of memory is given back when it ends. */
export function cycleProcess(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): (stage: CycleStage, signal: AbortSignal) => Promise<CycleOutcome> {
  return async (stage, signal) => {
    signal.throwIfAborted();
    const child = fork(script, ['watch-cycle', stage, ...args], { env, execArgv: SMALL, stdio: 'inherit' });
    let report: CycleReport | undefined;
    child.on('message', (message) => (report = message as CycleReport));
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    };
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    signal.addEventListener('abort', stop);
    try {
      // The report may still be on its way when the process has ended.
      const [[code]] = (await Promise.all([once(child, 'exit'), once(child, 'disconnect')])) as [[number | null], []];
      signal.throwIfAborted();
      return { code, report };
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', stop);
    }
  };
}
