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
    const sum = missed.reduce((all, errors) => errors.reduce((total, error) => total + Math.abs(error), all), 0);
    // Who never missed must not count infinitely: all who are that good count alike.
    const error = Math.max(sum / (origins.length * ahead), 1e-9);
    return [{ name, point, missed, weight: error ** -sharpness }];
  });
  const total = tried.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (parts: (of: (typeof tried)[number]) => Float64Array): Float64Array =>
    parts(tried[0]!).map((_, h) => tried.reduce((sum, one) => sum + (one.weight / total) * parts(one)[h]!, 0));
  return {
    point: mean(({ point }) => point),
    missed: origins.map((_, i) => mean(({ missed }) => missed[i]!)),
    shares: tried.map(({ name, weight }) => ({ name, share: weight / total })).sort((a, b) => b.share - a.share),
  };
}
