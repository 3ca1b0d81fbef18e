import { Problem } from '@techze/contracts';
import { ConnectionLostError, QUERY_CANCELED } from '../cluster/node-client.js';
import { NodeUnavailableError, unavailable } from '../cluster/node-connections.js';
import { SilentNodeError } from '../cluster/node-health.js';
import { NoAnswerError } from '../cluster/within.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** What passes by itself: deadlocks and conflicts (40), no room (53), shutdown (57P), I/O (58). */
const PASSING = /^(40|53|57P|58)/;
/** The node takes no writes any more: it was demoted. In a read it is the statement's own fault. */
const READ_ONLY = '25006';

/** SQLSTATE, or an empty text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The server undid this for the sake of somebody else: another transaction, or the primary whose changes it replays. */
export function gaveWay(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

/** Its own time was over. A node that owes its probe an answer is another matter: that one is away. */
function ranTooLong(reason: unknown): boolean {
  return reason instanceof NoAnswerError && !(reason instanceof SilentNodeError);
}

/** Faults of a connection and time-outs by their Problem; errors of the statement itself as they are. */
export function named(error: unknown, purpose: 'read' | 'write'): unknown {
  if (error instanceof NodeUnavailableError) return unavailable(error);
  if (error instanceof ConnectionLostError)
    return new Problem(ranTooLong(error.cause) ? 'deadline-exceeded' : 'service-unavailable', { cause: error });
  const code = codeOf(error);
  if (code === QUERY_CANCELED) return new Problem('deadline-exceeded', { cause: error });
  if (PASSING.test(code) || (code === READ_ONLY && purpose === 'write'))
    return new Problem('service-unavailable', { cause: error });
  return error;
}
