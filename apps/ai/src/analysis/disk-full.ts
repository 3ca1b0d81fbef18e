import { Problem } from '@techze/contracts';
import { capacityOf, diskFullMinimum, fitsCapacity, predictDiskFull } from '../models/disk-full/index.js';
import { present, seriesOf, type Series } from '../models/series/index.js';
import { numbersOf } from '../stored/stored-input.js';
import type { Setting } from '../workers/setting.js';
import { insufficient, seriesInput, type SeriesInput } from '../workers/series-input.js';
import { AI_VERSION } from '../workers/version.js';
import type { Analysed, AnalysisRequest } from './analysed.js';
import { shownForecast } from './shown-forecast.js';

/** When a disk is full. */
export function diskFull(request: AnalysisRequest<'disk_full'>, setting: Setting): Analysed {
  const { capacity_bytes } = request;
  if ((request.series === undefined) !== (capacity_bytes === undefined)) refuse('/capacity_bytes', 'goes with series');
  const metric = request.device_id === undefined ? undefined : 'disk.used_bytes';
  const input = seriesInput({ ...request, metric }, setting, 'disk.used_ratio');
  const { rows, isStored } = input;
  const series = seriesOf(rows);
  refuseNegative(series);
  const told = { kind: 'disk_full', risk: null, version: AI_VERSION, quality: rows.quality } as const;
  const got = present(series.values);
  const capacity = capacity_bytes ?? storedCapacity(input, series);
  const isFull = capacity !== undefined && (series.values.findLast((value) => !Number.isNaN(value)) ?? 0) >= capacity;
  if (capacity === undefined || (got < diskFullMinimum && !isFull)) {
    const nothing = insufficient(isStored, rows.quality, diskFullMinimum, got);
    const unknown = 'The capacity of the disk is unknown: no diagnostic has both disk.used_bytes and disk.used_ratio.';
    return {
      ...told,
      ...nothing,
      drivers: [],
      eta: null,
      forecast: null,
      method: 'none',
      warnings: [...rows.warnings, ...(capacity === undefined && got > 0 ? [unknown] : [])],
    };
  }
  if (!isStored && !fitsCapacity(series, capacity)) refuse('/capacity_bytes', 'is less than what is used');
  const { will_fill, eta, drivers, forecast, method, warnings } = predictDiskFull(series, capacity);
  return {
    ...told,
    status: 'ok',
    will_fill,
    eta,
    drivers,
    forecast: shownForecast(forecast),
    method,
    warnings: [...rows.warnings, ...warnings],
  };
}

function storedCapacity({ beside }: SeriesInput, series: Series): number | undefined {
  return beside && capacityOf(series, { at: numbersOf(beside.at), values: numbersOf(beside.values) });
}

function refuseNegative({ values }: Series): void {
  if (values.some((value) => value < 0)) refuse('/series/values', 'a disk has no less than nothing in use');
}

function refuse(pointer: string, detail: string): never {
  throw new Problem('validation-failed', { errors: [{ pointer, detail }] });
}
