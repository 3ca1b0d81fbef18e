import type { Series } from '../series/series.js';

import { driversOf } from './drivers.js';
import { futuresOf, gridUpTo } from './futures.js';
import { leapsOf } from './leaps.js';
import type { DiskFullDriver, DiskFullPrediction } from './prediction.js';
import { growthOf, trendsOf, type Trend } from './trends.js';
import { usageOf } from './usage.js';

/** Fewer rows than this say nothing of a trend, unless the disk is full already. */
export const diskFullMinimum = 24;

const hourMs = 3_600_000;
const method = 'local-level-trends';
/** Nobody plans by what a disk does in more than a year, nor by more than ten times what was seen. */
const farthestHours = 8_760;
const farthestSpans = 10;
const forecastHours = 30 * 24;
/** The growth is taken for certain when at most this share of what is believed says that there is none. */
const doubt = 0.005;
/** The band holds eight of ten. */
const level = 0.8;

/** The last row whose value is known; -1 where there is none. */
function lastKnown({ values }: Series): number {
  return values.findLastIndex((value) => !Number.isNaN(value));
}

/** Whether the use that was last seen can be that of a disk of this size; else the caller's capacity is wrong (422). */
export function fitsCapacity(series: Series, capacityBytes: number): boolean {
  return !(series.values[lastKnown(series)]! > capacityBytes);
}

/** When a disk of this capacity is full: `eta` null where its use does not certainly grow. */
export function predictDiskFull(series: Series, capacityBytes: number): DiskFullPrediction {
  const nothing = { will_fill: false, eta: null, drivers: [], method, warnings: new Array<string>() };
  const last = lastKnown(series);
  if (series.values[last]! >= capacityBytes) {
    return { ...nothing, will_fill: true, eta: { hours: 0, low: 0, high: 0 } };
  }
  const usage = usageOf(series);
  // Rows that were joined are further apart.
  const join = Math.round(usage.stepMs / series.stepMs);
  if (join > 1) nothing.warnings.push(`Means of ${join} rows each were looked at: ${usage.values.length} of them.`);
  if (usage.values.length < diskFullMinimum) return { ...nothing, warnings: ['Too few rows to see a trend.'] };
  const { least, range } = extentOf(usage.values);
  if (!(range > 0)) return nothing;

  const inRange = { ...usage, values: usage.values.map((value) => (value - least) / range) };
  const leaps = leapsOf(inRange);
  const trends = trendsOf(inRange, leaps);
  const now = usage.at.at(-1)!;
  const stepHours = usage.stepMs / hourMs;
  const grid = gridUpTo(Math.max(1, Math.min(farthestHours / stepHours, farthestSpans * now)));
  const moments = momentsUpTo(Math.min(forecastHours / stepHours, now));
  const { full, at } = futuresOf(trends, now, (capacityBytes - least) / range, grid, moments);
  const inBytes = (share: number): number => Math.max(0, least + share * range);
  const drivers = (steps: number | null): DiskFullDriver[] =>
    driversOf(trends, leaps.teeth, inRange, steps).map((driver) => ({
      ...driver,
      value: driver.value * range,
      delta_30d: driver.delta_30d === null ? null : driver.delta_30d * range,
    }));
  const ahead = (share: number): number[] => at.map((values) => inBytes(quantile(values, share)));
  const forecast = {
    timestamps: moments.map((moment) => series.at[last]! + moment * usage.stepMs),
    point: ahead(0.5),
    low: ahead(0.5 - level / 2),
    high: ahead(0.5 + level / 2),
    level,
  };

  const notGrowing = trends.reduce((sum, trend) => sum + trend.weight * shareNotGrowing(trend), 0);
  const steps = quantile(full, 0.5);
  if (notGrowing > doubt || steps === Infinity) return { ...nothing, drivers: drivers(null), forecast };
  const high = quantile(full, 0.5 + level / 2);
  const low = quantile(full, 0.5 - level / 2);
  return {
    will_fill: true,
    eta: {
      hours: steps * stepHours,
      low: low * stepHours,
      high: high === Infinity ? null : high * stepHours,
    },
    drivers: drivers(steps),
    forecast,
    method,
    warnings: nothing.warnings,
  };
}

function extentOf(values: Float64Array): { least: number; range: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { least, range: most - least };
}

/** Thirty moments, as even as steps allow. */
function momentsUpTo(steps: number): number[] {
  const count = Math.max(1, Math.min(30, Math.floor(steps)));
  return Array.from({ length: count }, (_, i) => Math.max(1, Math.round(((i + 1) * steps) / count)));
}

function quantile(ascending: Float64Array, share: number): number {
  return ascending[Math.floor(share * (ascending.length - 1))]!;
}

/** How much of what a trend leaves open is a growth of nothing or less. */
function shareNotGrowing(trend: Trend): number {
  const { growth, spread } = growthOf(trend);
  return spread > 0 ? normalTail(growth / spread) : growth > 0 ? 0 : 1;
}

/** The share of the standard normal distribution above z (Abramowitz and Stegun 7.1.26 by way of erfc; within 1e-6). */
function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return (series * Math.exp(-x * x)) / 2;
}
