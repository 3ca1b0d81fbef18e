import type { Rate } from './rate.js';

/** One request against one limit. */
export interface Charge {
  /** Whose limit: all requests under one key count together. */
  readonly key: string;
  readonly rate: Rate;
}

/** What became of a request that was charged to one or more limits: to all of them, or to none. */
export interface Verdict {
  readonly passed: boolean;
  /** Index of the charge that decided: the one that refused, else the one with the least left. */
  readonly decisive: number;
  /** How many more pass right now under the decisive limit. */
  readonly remaining: number;
  /** Until the decisive limit lets one more pass than that, in milliseconds. */
  readonly resetMs: number;
}

/** What one limit says of a request. */
export interface Standing {
  readonly remaining: number;
  readonly resetMs: number;
}

/** @param standings of the charges in their order, as they are with the request counted if it passed */
export function verdictOf(refusedBy: number | undefined, standings: readonly Standing[]): Verdict {
  let decisive = refusedBy ?? 0;
  if (refusedBy === undefined) {
    for (const [index, { remaining }] of standings.entries())
      if (remaining < (standings[decisive]?.remaining ?? 0)) decisive = index;
  }
  const { remaining = 0, resetMs = 0 } = standings[decisive] ?? {};
  return { passed: refusedBy === undefined, decisive, remaining, resetMs };
}
