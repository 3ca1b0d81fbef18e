import type { Series } from '../series/series.js';
import { dailyLevels } from './daily-levels.js';
import { trendOf } from './trend.js';
import { withoutWeeks } from './weekly-season.js';

/** A slow creep that still goes on where the series ends. */
export interface Drift {
  /** Milliseconds since 1970 at which it began, as near as the days tell. */
  readonly since: number;
  readonly slope_per_day: number;
  /** Where the slope lies, 95 %. */
  readonly slope_low: number;
  readonly slope_high: number;
  /** The level then, and now. */
  readonly from: number;
  readonly to: number;
  /** In [0, 1]: 0.5 where it begins to be said. */
  readonly score: number;
}

/** Two weeks: with fewer days a weekly season looks like a creep. */
const LEAST_DAYS = 14;

/** How many of its standard errors the slope must be away from zero. With `CAUTION` of trend.ts it was set on made series: see the spec. */
const SURE = 4;

/** 95 % of a normal distribution. */
const INTERVAL = 1.96;

const DAY_MS = 86_400_000;

/** The drift that goes on at the end of the series, judged by its own past; null where there is none or too few days. */
export function driftOf(series: Series): Drift | null {
  const { levels, from, dayMs } = dailyLevels(series);
  if (levels.length < LEAST_DAYS) return null;
  const trend = trendOf(withoutWeeks(levels));
  if (trend === null) return null;
  const sureness = Math.abs(trend.slope) / trend.error;
  if (!(sureness > SURE)) return null;
  const perDay = DAY_MS / dayMs;
  return {
    since: from + trend.start * dayMs,
    slope_per_day: trend.slope * perDay,
    slope_low: (trend.slope - INTERVAL * trend.error) * perDay,
    slope_high: (trend.slope + INTERVAL * trend.error) * perDay,
    from: trend.first,
    to: trend.last,
    score: 1 - SURE / (sureness + SURE),
  };
}
