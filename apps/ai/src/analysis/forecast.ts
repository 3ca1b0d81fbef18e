import { Problem } from '@techze/contracts';
import { forecastMinimum, forecastOf } from '../models/forecast/index.js';
import { interpolate, present, seriesOf, TIME_END } from '../models/series/index.js';
import type { Setting } from '../workers/setting.js';
import { insufficient, seriesInput } from '../workers/series-input.js';
import { AI_VERSION } from '../workers/version.js';
import type { Analysed, AnalysisRequest } from './analysed.js';
import { shownForecast } from './shown-forecast.js';

/** What a series will be. */
export function forecast(request: AnalysisRequest<'forecast'>, setting: Setting): Analysed {
  const { rows, isStored } = seriesInput(request, setting);
  const series = seriesOf(rows);
  const nothing = { kind: 'forecast', risk: null, eta: null, forecast: null, version: AI_VERSION } as const;
  const got = present(series.values);
  if (got < forecastMinimum) {
    const quality = insufficient(isStored, rows.quality, forecastMinimum, got);
    return { ...nothing, ...quality, drivers: [], method: 'none', warnings: [...rows.warnings] };
  }
  if (series.at.at(-1)! + request.horizon * series.stepMs >= TIME_END) {
    throw new Problem('validation-failed', { errors: [{ pointer: '/horizon', detail: 'goes beyond the year 9999' }] });
  }
  const { series: whole, filled } = interpolate(series);
  const told = forecastOf(whole, request.horizon, request.level);
  const warnings = [...rows.warnings, ...told.warnings];
  if (filled > 0) warnings.push(`${filled} missing values were filled in between their neighbours.`);
  return {
    ...nothing,
    status: 'ok',
    drivers: [],
    forecast: shownForecast(told.forecast),
    method: told.method,
    quality: { ...rows.quality, interpolated: filled },
    warnings,
  };
}
