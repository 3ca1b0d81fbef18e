import { readTimes } from '../models/series/index.js';
import { predictDiskFailure, snapshotsOf, type SmartSnapshot } from '../models/disk-failure/index.js';
import { numbersOf, type StoredDisk } from '../stored/stored-input.js';
import type { Setting } from '../workers/setting.js';
import { insufficient, oneInput } from '../workers/series-input.js';
import type { Analysed, AnalysisRequest } from './analysed.js';

/** Whether a disk fails within a month, from what it says of itself. */
export function diskFailure(request: AnalysisRequest<'disk_failure'>, setting: Setting): Analysed {
  oneInput({ ...request }, ['smart']);
  const { smart, device_id, instance } = request;
  const snapshots =
    smart?.map(({ at, hours, model, attributes }, index) => ({
      at: at === undefined ? null : (readTimes([at], () => `/smart/${index}/at`)[0] ?? null),
      hours: hours ?? null,
      model: model ?? null,
      attributes,
    })) ?? storedSnapshots(setting.stored({ what: 'disk', device_id: device_id ?? '', instance }));
  const quality = {
    n: snapshots.length,
    gaps: 0,
    duplicates: 0,
    interpolated: 0,
    constant: false,
    step_seconds: stepSeconds(snapshots),
  };
  const nothing = { kind: 'disk_failure', eta: null, forecast: null, quality } as const;
  if (snapshots.length === 0) {
    const { method, version } = predictDiskFailure([]);
    const missing = insufficient(smart === undefined, quality, 1, 0);
    return { ...nothing, ...missing, risk: null, drivers: [], method, version, warnings: [] };
  }
  const { risk, drivers, method, version, warnings } = predictDiskFailure(snapshots);
  return {
    ...nothing,
    status: 'ok',
    risk: risk && { ...risk, calibration: { ...risk.calibration } },
    drivers: drivers.map((driver) => ({ ...driver })),
    method,
    version,
    warnings: [...warnings],
  };
}

function storedSnapshots({ model, attributes }: StoredDisk): SmartSnapshot[] {
  return snapshotsOf(
    attributes.map(({ id, at, values }) => ({ id: String(id), at: numbersOf(at), values: numbersOf(values) })),
    model,
  );
}

function stepSeconds(snapshots: readonly SmartSnapshot[]): number {
  const times = snapshots.flatMap(({ at }) => (typeof at === 'number' ? [at] : [])).sort((a, b) => a - b);
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || times.length < 2) return 0;
  return (last - first) / (times.length - 1) / 1000;
}
