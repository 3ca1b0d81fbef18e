import { identify, isSame, type ProcessIdentity } from '../processes/process-table.js';

/** npm, when it started this process ("exec" in package.json leaves no shell in between). */
export function launcher(environment: NodeJS.ProcessEnv = process.env): ProcessIdentity | undefined {
  return environment.npm_lifecycle_event === undefined ? undefined : identify(process.ppid);
}

/** Calls back once when the launcher is gone: killed, it could not pass a signal on. */
export function onceGone(who: ProcessIdentity | undefined, callback: () => void): void {
  if (!who) return;
  const timer = setInterval(() => {
    if (isSame(who)) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}
