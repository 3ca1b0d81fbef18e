import type { Analysis } from '@techze/contracts';
import type { Forecast } from '../models/forecast/index.js';

/** With its times as texts. */
export function shownForecast(forecast: Forecast | undefined): Analysis['forecast'] {
  if (!forecast) return null;
  const { timestamps, point, low, high, level } = forecast;
  return { timestamps: timestamps.map((at) => new Date(at).toISOString()), point, low, high, level };
}
