import type { Series } from '../series/series.js';

export interface DailyLevels {
  /** The median of each day, in order, without a hole. */
  readonly levels: Float64Array;
  /** Where the first day begins. */
  readonly from: number;
  readonly dayMs: number;
}

const DAY_MS = 86_400_000;

/** A day with fewer than this share of the usual rows says little about its level. */
const WHOLE_DAY = 0.5;

/** What crept more than a year ago is no news, and a damaged clock must not make a century of days. */
const MOST_DAYS = 366;

/** More days without a level than this, and the series is too torn. */
const MISSING = 0.3;

const NONE: DailyLevels = { levels: new Float64Array(0), from: NaN, dayMs: DAY_MS };

function median(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * A day's median: the daily season and the spikes are gone, the creep stays. Days are of 24 hours from the first row
 * on, whatever the clock at the device says; where rows are farther apart than that, a row is a "day".
 */
export function dailyLevels({ at, values, stepMs }: Series): DailyLevels {
  const dayMs = Math.max(DAY_MS, stepMs);
  if (at.length === 0) return NONE;
  const from = Math.max(at[0]!, at.at(-1)! - MOST_DAYS * dayMs);
  const days: number[][] = Array.from({ length: Math.floor((at.at(-1)! - from) / dayMs) + 1 }, () => []);
  values.forEach((value, row) => {
    if (at[row]! >= from && !Number.isNaN(value)) days[Math.floor((at[row]! - from) / dayMs)]!.push(value);
  });
  const usual = median(Float64Array.from(days, (rows) => rows.length).filter((rows) => rows > 0));
  const levels = Float64Array.from(days, (rows) =>
    rows.length >= WHOLE_DAY * usual ? median(Float64Array.from(rows)) : NaN,
  );
  const first = levels.findIndex((level) => !Number.isNaN(level));
  const last = levels.findLastIndex((level) => !Number.isNaN(level));
  if (first < 0) return NONE;
  const whole = levels.slice(first, last + 1);
  const missing = whole.reduce((count, level) => count + (Number.isNaN(level) ? 1 : 0), 0);
  if (missing > MISSING * whole.length) return NONE;
  for (let day = 0, known = 0; day < whole.length; day += 1) {
    if (Number.isNaN(whole[day]!)) continue;
    for (let hole = known + 1; hole < day; hole += 1)
      whole[hole] = whole[known]! + ((whole[day]! - whole[known]!) * (hole - known)) / (day - known);
    known = day;
  }
  return { levels: whole, from: from + first * dayMs, dayMs };
}
