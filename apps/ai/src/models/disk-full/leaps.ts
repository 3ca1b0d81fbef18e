import { medianOf, spreadOfSteps, type Usage } from './usage.js';

/**
 * What came or went at once. Something (logs rotated, backups dropped) may free about as much every `period`: then the
 * disk fills by its peaks, not by its slope. All else is a single event, of which no more are awaited.
 */
export interface Leaps {
  teeth: Teeth | null;
  /** Where in time the first row after each single leap is, in steps. */
  single: number[];
}

export interface Teeth {
  /** Where in time the first row after each cleanup is. */
  at: number[];
  period: number;
}

/** A step by so many spreads of the steps is a leap: noise of 1,000 rows reaches five. */
const leapSpreads = 7;
/** The level of so many rows on either side tells a leap from a dip. */
const sideRows = 4;
/** Gaps and sizes that vary by less than this share of their mean are those of one habit. */
const habit = 0.35;
/** More leaps up than this in so many rows are no events but the way the disk is used. */
const leapRows = 200;

interface Leap {
  index: number;
  size: number;
}

export function leapsOf(usage: Usage): Leaps {
  const { at, values } = usage;
  const least = leapSpreads * spreadOfSteps(values);
  const downs = leapsIn(values, least);
  const ups = leapsIn(
    values.map((value) => -value),
    least,
  );
  const cleanups = downs.map(({ index }) => at[index]!);
  const period = periodOf(cleanups, downs, at.at(-1)!);
  const copies = ups.length * leapRows <= Math.max(leapRows, values.length) ? ups.map(({ index }) => at[index]!) : [];
  if (period === null) return { teeth: null, single: [...cleanups, ...copies] };
  return { teeth: { at: cleanups, period }, single: copies };
}

function leapsIn(values: Float64Array, least: number): Leap[] {
  const found: Leap[] = [];
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
  return found;
}

function periodOf(moments: readonly number[], leaps: readonly Leap[], now: number): number | null {
  if (moments.length < 2) return null;
  const gaps = moments.slice(1).map((moment, i) => moment - moments[i]!);
  const period = (moments.at(-1)! - moments[0]!) / gaps.length;
  const overdue = now - moments.at(-1)! > (1 + habit) * period;
  const lateStart = moments[0]! > (1 + habit) * period;
  const regular = variation(gaps) < habit && variation(leaps.map(({ size }) => size)) < habit;
  return regular && !overdue && !lateStart ? period : null;
}

function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
}

/** Steps since the last cleanup, past and to come: what a tooth has grown for. */
export function sinceCleanup({ at, period }: Teeth, moment: number): number {
  const first = at[0]!;
  if (moment < first) return Math.max(0, period - (first - moment));
  const last = at.findLast((cleanup) => cleanup <= moment)!;
  return last === at.at(-1) ? (moment - last) % period : moment - last;
}
