import { newUuid } from '@techze/contracts';
import { continueTrace, runInContext } from '@techze/observability';

/** Runs work of a stream in a context of its own: that of the request which began it ran out of time long ago. */
export function inOwnContext<T>(limitMs: number, work: () => T): T {
  const deadline = Date.now() + limitMs;
  // A replica is behind: it makes events late and revocations unheard of. It is read while there is no primary.
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, readPrimary: true }, work);
}
