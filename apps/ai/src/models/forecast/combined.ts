import type { Forecaster } from './forecasters.js';

/** A forecast out of several, and how it missed when it was made for the past. */
export interface Combined {
  point: Float64Array;
  /** For each origin in the past, what was minus what was forecast, lead by lead. */
  missed: Float64Array[];
  /** Names and shares (together 1), largest first. */
  shares: { name: string; share: number }[];
}

/** Forecasts are made again from so many moments of the past, half a horizon apart, at most from its second half. */
const mostOrigins = 8;
/** Who missed twice as much counts a sixteenth: nearly a choice, but two that are alike are averaged, which wins. */
const sharpness = 4;
/** Of the rows, the most that a past forecast may reach over. */
const reach = 4;

/** The forecasters, each weighed by how it would have done. Values are expected without gaps and of variance 1. */
export function combined(values: Float64Array, forecasters: readonly Forecaster[], horizon: number): Combined {
  const n = values.length;
  const ahead = Math.max(1, Math.min(horizon, Math.floor(n / reach)));
  const apart = Math.max(1, ahead >> 1);
  const origins: number[] = [];
  for (let origin = n - ahead; origin >= n / 2 && origins.length < mostOrigins; origin -= apart) origins.push(origin);

  const tried = forecasters.flatMap(({ name, ahead: forecast }) => {
    const point = forecast(values, horizon);
    const past = origins.map((origin) => forecast(values.subarray(0, origin), ahead));
    if (!point || past.some((forecasts) => !forecasts)) return [];
    const missed = past.map((forecasts, i) => forecasts!.map((value, h) => values[origins[i]! + h]! - value));
    const errors = missed.map((row) => row.reduce((sum, error) => sum + Math.abs(error), 0) / ahead);
    return [{ name, point, missed, errors }];
  });
  const all = sharesOf(tried.map(({ errors }) => meanOf(errors)));
  // A band from the moments that the shares were chosen by would be too narrow: each moment is told by the others.
  const missed = origins.map((_, i) => {
    const others = tried.map(({ errors }) => (errors.length > 1 ? meanOf(errors.toSpliced(i, 1)) : errors[0]!));
    return weighed(
      tried.map(({ missed }) => missed[i]!),
      sharesOf(others),
    );
  });
  return {
    point: weighed(
      tried.map(({ point }) => point),
      all,
    ),
    missed,
    shares: tried.map(({ name }, i) => ({ name, share: all[i]! })).sort((a, b) => b.share - a.share),
  };
}

function sharesOf(errors: readonly number[]): number[] {
  // Who never missed must not count infinitely: all who are that good count alike.
  const weights = errors.map((error) => Math.max(error, 1e-9) ** -sharpness);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function weighed(rows: readonly Float64Array[], shares: readonly number[]): Float64Array {
  return rows[0]!.map((_, h) => rows.reduce((sum, row, i) => sum + shares[i]! * row[h]!, 0));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
