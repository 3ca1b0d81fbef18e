import type { Series } from '../series/index.js';

const MS_PER_DAY = 86_400_000;

/** A median of one day (or more, see `gaugeDays`): the battery of a day is one battery, however often it was asked. */
export interface GaugeDay {
  /** Days since the first row. */
  readonly day: number;
  readonly health: number;
}

/** Pairs of them are compared one by one: 400 are 80,000 pairs, a few milliseconds. */
const DAYS_MAX = 400;

/** The series by the day, by several days where it is longer than `DAYS_MAX`; what is missing is left out. */
export function gaugeDays({ at, values }: Series): GaugeDay[] {
  const first = at[0] ?? 0;
  const span = ((at.at(-1) ?? 0) - first) / MS_PER_DAY;
  const width = Math.max(1, Math.ceil(span / DAYS_MAX));
  const byDay = new Map<number, { days: number[]; values: number[] }>();
  values.forEach((value, row) => {
    if (!Number.isFinite(value)) return;
    const day = (at[row]! - first) / MS_PER_DAY;
    const key = Math.floor(day / width);
    const own = byDay.get(key) ?? { days: [], values: [] };
    byDay.set(key, own);
    own.days.push(day);
    own.values.push(value);
  });
  return [...byDay.values()].map((own) => ({ day: median(own.days), health: median(own.values) }));
}

/** Of at least one. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
