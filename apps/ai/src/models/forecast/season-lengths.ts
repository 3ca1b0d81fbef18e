import type { Series } from '../series/series.js';
import { seasonsOf } from '../seasons/index.js';

const dayMs = 24 * 3_600_000;
/** What people and their machines live by. */
const clocks = [dayMs, 7 * dayMs];
/** A season of fewer rows is what the lags next to the row tell already; one seen less than three times is not known. */
const leastRows = 4;
const leastTurns = 3;
/** The strongest alone: each season costs four weights. */
const most = 3;
/** Two lengths nearer than this share are the same season. */
const same = 0.1;
const certain = 0.001;

/** How long the seasons may be, in rows, shortest first: those of the clock, and what the series itself repeats. */
export function seasonLengths(series: Series): number[] {
  const fits = (length: number): boolean =>
    length >= leastRows && length * leastTurns <= series.values.length && Number.isInteger(length);
  const lengths = clocks.map((clock) => clock / series.stepMs).filter(fits);
  for (const { length, p_value: chance } of seasonsOf(series)) {
    const known = lengths.some((other) => Math.abs(other - length) <= same * other);
    if (chance < certain && !known && fits(length) && lengths.length < most) lengths.push(length);
  }
  return lengths.sort((a, b) => a - b);
}
