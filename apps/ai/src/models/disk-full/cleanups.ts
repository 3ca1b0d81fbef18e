import { medianOf, spreadOfSteps, type Usage } from './usage.js';

/**
 * What was freed at once: single cleanups, or teeth, where something (logs rotated, backups dropped) frees about as much
 * every `period`: then the disk fills by its peaks, not by its slope.
 */
export interface Cleanups {
  /** Where in time the first row after each cleanup is, in steps. */
  at: number[];
  /** Steps from tooth to tooth; null where cleanups are single events, of which no more are awaited. */
  period: number | null;
}

/** A step down by so many spreads of the steps is a cleanup: noise of 1,000 rows reaches five. */
const cleanupSpreads = 7;
/** The level of so many rows on either side tells a cleanup from a dip. */
const sideRows = 4;
/** Gaps and sizes that vary by less than this share of their mean are those of one habit. */
const habit = 0.35;

export function cleanupsOf(usage: Usage): Cleanups {
  const { at, values } = usage;
  const least = cleanupSpreads * spreadOfSteps(values);
  const found: { index: number; size: number }[] = [];
  for (let i = 1; i < values.length; i++) {
    const size = values[i - 1]! - values[i]!;
    if (!(size > least)) continue;
    const before = medianOf(values.subarray(Math.max(0, i - sideRows), i));
    const after = medianOf(values.subarray(i, i + sideRows));
    if (before - after < size / 2) continue;
    const previous = found.at(-1);
    // Deleting may take longer than a row.
    if (previous && i - previous.index < sideRows) previous.size += size;
    else found.push({ index: i, size });
  }
  const moments = found.map(({ index }) => at[index]!);
  return {
    at: moments,
    period: periodOf(
      moments,
      found.map(({ size }) => size),
      at.at(-1)!,
    ),
  };
}

function periodOf(moments: readonly number[], sizes: readonly number[], now: number): number | null {
  if (moments.length < 2) return null;
  const gaps = moments.slice(1).map((moment, i) => moment - moments[i]!);
  const period = (moments.at(-1)! - moments[0]!) / gaps.length;
  const overdue = now - moments.at(-1)! > (1 + habit) * period;
  const lateStart = moments[0]! > (1 + habit) * period;
  return variation(gaps) < habit && variation(sizes) < habit && !overdue && !lateStart ? period : null;
}

function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}

/** Steps since the last cleanup, past and to come: what a tooth has grown for. */
export function sinceCleanup({ at, period }: Cleanups, moment: number): number {
  if (period === null) return 0;
  const first = at[0]!;
  if (moment < first) return Math.max(0, period - (first - moment));
  const last = at.findLast((cleanup) => cleanup <= moment)!;
  return last === at.at(-1) ? (moment - last) % period : moment - last;
}
