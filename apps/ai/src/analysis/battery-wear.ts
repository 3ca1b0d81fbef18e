import { batteryWearMinimum, predictBatteryWear } from '../models/battery-wear/index.js';
import { present, seriesOf } from '../models/series/index.js';
import { numbersOf } from '../stored/stored-input.js';
import type { Setting } from '../workers/setting.js';
import { insufficient, seriesInput } from '../workers/series-input.js';
import { AI_VERSION } from '../workers/version.js';
import type { Analysed, AnalysisRequest } from './analysed.js';

/** When a battery is down to 80 and to 60 % of what it was designed for. */
export function batteryWear(request: AnalysisRequest<'battery_wear'>, setting: Setting): Analysed {
  const metric = request.device_id === undefined ? undefined : 'battery.health';
  const { rows, isStored, beside } = seriesInput({ ...request, metric }, setting, 'battery.cycles');
  const series = seriesOf(rows);
  const nothing = { kind: 'battery_wear', risk: null, forecast: null, version: AI_VERSION } as const;
  const got = present(series.values);
  if (got < batteryWearMinimum) {
    const told = insufficient(isStored, rows.quality, batteryWearMinimum, got);
    return { ...nothing, ...told, eta: null, drivers: [], method: 'none', warnings: [...rows.warnings] };
  }
  const cycles = request.cycles ?? (beside && numbersOf(beside.values).at(-1));
  const { eta, eta_60, drivers, method, warnings } = predictBatteryWear(series, cycles);
  return {
    ...nothing,
    status: 'ok',
    eta,
    eta_60,
    drivers: [...drivers],
    method,
    quality: rows.quality,
    warnings: [...rows.warnings, ...warnings],
  };
}
