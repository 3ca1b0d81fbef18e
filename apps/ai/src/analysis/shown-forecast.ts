import type { Analysis } from '@techze/contracts';
import type { Forecast } from '../models/forecast/index.js';
import { TIME_END } from '../models/series/index.js';

/** With its times as texts, as far as there are such texts. */
export function shownForecast(forecast: Forecast | undefined): Analysis['forecast'] {
  if (!forecast) return null;
  const { point, low, high, level } = forecast;
  const timestamps = forecast.timestamps.filter((at) => at < TIME_END).map((at) => new Date(at).toISOString());
  const told = (values: readonly number[]) => values.slice(0, timestamps.length);
  return { timestamps, point: told(point), low: told(low), high: told(high), level };
}
