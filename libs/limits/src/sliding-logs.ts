import { verdictOf, type Charge, type Standing, type Verdict } from './charge.js';
import type { Rate } from './rate.js';

/** Whoever has been quiet for longest is forgotten first. */
const KEYS_MAX = 10_000;

/**
 * The algorithm of the limits, in this process: when each of the last requests passed, oldest first. One more passes while
 * fewer than the limit have in the window that ends now; so in no window, wherever it begins, do more pass.
 * Times are whole milliseconds, so the window's own last one still counts.
 */
export class SlidingLogs {
  private readonly logs = new Map<string, number[]>();

  /** Counts a request against all limits if all let it pass, else against none. */
  take(charges: readonly Charge[], now: number): Verdict {
    let refusedBy: number | undefined;
    const standings: Standing[] = [];
    for (const [index, { key, rate }] of charges.entries()) {
      const log = this.current(key, rate, now);
      const excess = log.length - rate.limit;
      const leaves = log[Math.max(excess, 0)] ?? now;
      standings.push({ remaining: Math.max(-excess - 1, 0), resetMs: leaves + rate.windowMs + 1 - now });
      if (excess >= 0) refusedBy ??= index;
    }
    if (refusedBy === undefined) this.note(charges, now);
    return verdictOf(refusedBy, standings);
  }

  /** Remembers a request that somebody else let pass. */
  note(charges: readonly Charge[], now: number): void {
    for (const { key, rate } of charges) {
      const log = this.logs.get(key);
      this.logs.delete(key); // to the end of the map: the newest
      if (!log) this.logs.set(key, [now]);
      else {
        log.push(now);
        if (log.length > rate.limit) dropUntil(log, now - rate.windowMs);
        this.logs.set(key, log);
      }
    }
    while (this.logs.size > KEYS_MAX) this.logs.delete(this.logs.keys().next().value as string);
  }

  private current(key: string, { windowMs }: Rate, now: number): readonly number[] {
    const log = this.logs.get(key);
    if (!log) return [];
    dropUntil(log, now - windowMs);
    if (log.length === 0) this.logs.delete(key);
    return log;
  }
}

/** Removes all that is before `end`. */
function dropUntil(log: number[], end: number): void {
  const kept = log.findIndex((time) => time >= end);
  if (kept !== 0) log.splice(0, kept < 0 ? log.length : kept);
}
