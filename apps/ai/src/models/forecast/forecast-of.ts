import type { Series } from '../series/series.js';
import { standardised } from './autoregression.js';
import { bandOf } from './band.js';
import { combined } from './combined.js';
import { evenly } from './evenly.js';
import type { ForecastResult } from './forecast.js';
import { forecastersFor } from './forecasters.js';
import { seasonLengths } from './season-lengths.js';

/** Fewer rows than this say nothing of a season, whichever it is (ai.md, "Common contract"). */
export const forecastMinimum = 48;

/** What is older changes nothing but the time it takes. */
const mostRows = 4_000;

/**
 * What the next `horizon` rows will be, with a band that is to hold `level` (0…1) of them. The forecast follows the unit:
 * that of a·x + b is a times that of x, plus b.
 */
export function forecastOf(series: Series, horizon: number, level: number): ForecastResult {
  const { values, filled } = evenly(series, mostRows);
  const warnings = filled > 0 ? [`${filled} rows were missing and were filled in between their neighbours.`] : [];
  if (values.length === mostRows) warnings.push(`Only the last ${mostRows} steps count.`);
  const { scaled, mean, spread } = standardised(values);
  const last = series.at.at(-1)!;
  const timestamps = Array.from({ length: horizon }, (_, h) => last + (h + 1) * series.stepMs);
  if (spread === 0) {
    const point = timestamps.map(() => mean);
    const forecast = { timestamps, point, low: [...point], high: [...point], level };
    return { forecast, method: 'constant', seasons: [], shares: [], warnings };
  }
  const seasons = seasonLengths({ ...series, values: scaled });
  const { point, missed, shares } = combined(scaled, forecastersFor(seasons), horizon);
  const half = bandOf(missed, level, horizon);
  const inUnit = (of: (h: number) => number): number[] => timestamps.map((_, h) => mean + spread * of(h));
  return {
    forecast: {
      timestamps,
      point: inUnit((h) => point[h]!),
      low: inUnit((h) => point[h]! - half[h]!),
      high: inUnit((h) => point[h]! + half[h]!),
      level,
    },
    method: 'combined-rolling-origin',
    seasons,
    shares,
    warnings,
  };
}
