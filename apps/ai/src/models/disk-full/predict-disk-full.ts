import type { Series } from '../series/series.js';
import type { DiskFullPrediction } from './prediction.js';

/** Fewer rows than this say nothing of a trend, unless the disk is full already. */
export const diskFullMinimum = 24;

const hourMs = 3_600_000;

/** The last value that is known. */
function lastKnown(values: Float64Array): number {
  return values.findLast((value) => !Number.isNaN(value)) ?? NaN;
}

/** Whether the use that was last seen can be that of a disk of this size; else the caller's capacity is wrong (422). */
export function fitsCapacity(series: Series, capacityBytes: number): boolean {
  return !(lastKnown(series.values) > capacityBytes);
}

/** When a disk of this capacity is full: `eta` null where its use does not certainly grow. */
export function predictDiskFull(series: Series, capacityBytes: number): DiskFullPrediction {
  const method = 'robust-slope';
  const last = lastKnown(series.values);
  if (last >= capacityBytes) {
    return { will_fill: true, eta: { hours: 0, low: 0, high: 0 }, drivers: [], method, warnings: [] };
  }
  const known = Array.from(series.values, (value, i) => ({ at: series.at[i]! / hourMs, value })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  if (known.length < diskFullMinimum) {
    return { will_fill: false, eta: null, drivers: [], method, warnings: ['too few rows to see a trend'] };
  }
  const half = known.length >> 1;
  const slopes = known
    .slice(half)
    .map(({ at, value }, i) => (value - known[i]!.value) / (at - known[i]!.at))
    .sort((a, b) => a - b);
  const quantile = (share: number): number => slopes[Math.floor(share * (slopes.length - 1))]!;
  if (!(quantile(0.1) > 0)) return { will_fill: false, eta: null, drivers: [], method, warnings: [] };
  const hoursAt = (slope: number): number => (capacityBytes - last) / slope;
  return {
    will_fill: true,
    eta: { hours: hoursAt(quantile(0.5)), low: hoursAt(quantile(0.9)), high: hoursAt(quantile(0.1)) },
    drivers: [{ attribute: 'growth_per_day', value: quantile(0.5) * 24, delta_30d: null, contribution: 1 }],
    method,
    warnings: [],
  };
}
