import { autoregression } from './autoregression.js';
import { dampedTrend } from './damped-trend.js';

/** One way to go on; null where it needs more rows. */
export interface Forecaster {
  name: string;
  ahead: (values: Float64Array, horizon: number) => Float64Array | null;
}

/** The ways to go on for a series with these seasons (in rows, shortest first): each wins on some kind of series. */
export function forecastersFor(seasons: readonly number[]): Forecaster[] {
  const near = [1, 2, 3, ...seasons.flatMap((season) => [season - 1, season, season + 1])];
  const own = distinct(seasons.length > 0 ? [...near, 2 * seasons[0]!] : [1, 2, 3, 4]);
  return [
    { name: 'damped-trend', ahead: dampedTrend },
    { name: 'autoregression', ahead: (values, horizon) => autoregression(values, own, horizon) },
    ...seasons.flatMap((season): Forecaster[] => [
      { name: `seasonal-naive-${season}`, ahead: (values, horizon) => seasonalNaive(values, season, horizon) },
      {
        name: `seasonal-autoregression-${season}`,
        ahead: (values, horizon) => onChanges(values, season, distinct(near), horizon),
      },
    ]),
  ];
}

function distinct(lags: readonly number[]): number[] {
  return [...new Set(lags.filter((lag) => lag > 0))].sort((a, b) => a - b);
}

function seasonalNaive(values: Float64Array, season: number, horizon: number): Float64Array | null {
  const n = values.length;
  return n < season ? null : new Float64Array(horizon).map((_, h) => values[n - season + (h % season)]!);
}

/** The autoregression of what a row differs by from the one a season before: it follows a level that has moved for good. */
function onChanges(
  values: Float64Array,
  season: number,
  lags: readonly number[],
  horizon: number,
): Float64Array | null {
  const n = values.length;
  if (n <= season) return null;
  const changes = autoregression(
    values.subarray(season).map((value, i) => value - values[i]!),
    lags,
    horizon,
  );
  if (!changes) return null;
  const ahead = new Float64Array(n + horizon);
  ahead.set(values);
  for (let h = 0; h < horizon; h++) ahead[n + h] = ahead[n + h - season]! + changes[h]!;
  return ahead.subarray(n);
}
