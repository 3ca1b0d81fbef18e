import type { ProblemMessage } from '@techze/contracts';
import type { StoredInput, Wanted } from '../stored/stored-input.js';

/** The endpoints whose work is done in a worker thread. */
export type JobKind = 'anomaly-detect' | 'analyze' | 'pattern-recognition' | 'recommendations';

/** What a worker is given: the body of a request as it came, and what is stored of it once the worker asked for that. */
export interface Job {
  readonly kind: JobKind;
  readonly body: Uint8Array;
  readonly tenantId: string;
  /** Milliseconds of `performance.timeOrigin` + `performance.now()`, which threads share. */
  readonly begunAt: number;
  readonly stored: readonly StoredInput[];
}

/**
 * What a worker makes of it: the answer as bytes; a problem; or, for a worker reads no database, what has to be read first,
 * with which the same job is given to one again.
 */
export type Outcome =
  | { readonly answer: Uint8Array }
  | { readonly problem: ProblemMessage }
  | { readonly wanted: Wanted }
  | { readonly failed: string };

/** What each worker knows from its beginning. */
export interface WorkerData {
  readonly stateKey: Uint8Array;
}

/** As all threads of a process tell it. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
