import type { Series } from '../series/series.js';
import type { ForecastResult } from './forecast.js';
import { interpolated } from './interpolated.js';

/** Fewer rows than this say nothing of a season, whichever it is (ai.md, "Common contract"). */
export const forecastMinimum = 48;

/** What the next `horizon` rows will be, with a band that is to hold `level` (0…1) of them. */
export function forecastOf(series: Series, horizon: number, level: number): ForecastResult {
  const { values, missing } = interpolated(series.values);
  const n = values.length;
  const season = n >= 48 ? 24 : 1;
  const point = Array.from({ length: horizon }, (_, h) => values[n - season + (h % season)]!);
  const errors = Array.from(values.subarray(season), (value, i) => Math.abs(value - values[i]!)).sort((a, b) => a - b);
  const half = errors[Math.min(errors.length - 1, Math.floor(level * errors.length))] ?? 0;
  const last = series.at[n - 1]!;
  return {
    forecast: {
      timestamps: point.map((_, h) => last + (h + 1) * series.stepMs),
      point,
      low: point.map((value) => value - half),
      high: point.map((value) => value + half),
      level,
    },
    method: 'seasonal-naive',
    seasons: season > 1 ? [season] : [],
    warnings: missing > 0 ? [`${missing} missing values were interpolated`] : [],
  };
}
