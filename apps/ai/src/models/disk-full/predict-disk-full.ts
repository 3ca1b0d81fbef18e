import type { Series } from '../series/series.js';

import { futuresOf, gridUpTo } from './futures.js';
import { leapsOf } from './leaps.js';
import type { DiskFullPrediction } from './prediction.js';
import { growthOf, trendsOf, type Trend } from './trends.js';
import { usageOf } from './usage.js';

/** Fewer rows than this say nothing of a trend, unless the disk is full already. */
export const diskFullMinimum = 24;

const hourMs = 3_600_000;
const method = 'local-level-trends';
/** Nobody plans by what a disk does in more than a year, nor by more than ten times what was seen. */
const farthestHours = 8_760;
const farthestSpans = 10;
/** The growth is taken for certain when at most this share of what is believed says that there is none. */
const doubt = 0.005;
/** The band holds eight of ten. */
const level = 0.8;

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
  const nothing = { will_fill: false, eta: null, drivers: [], method };
  if (lastKnown(series.values) >= capacityBytes) {
    return { ...nothing, will_fill: true, eta: { hours: 0, low: 0, high: 0 }, warnings: [] };
  }
  const usage = usageOf(series);
  if (usage.values.length < diskFullMinimum) return { ...nothing, warnings: ['too few rows to see a trend'] };
  const low = usage.values.reduce((least, value) => Math.min(least, value), Infinity);
  const range = usage.values.reduce((most, value) => Math.max(most, value), -Infinity) - low;
  if (!(range > 0)) return { ...nothing, warnings: [] };
  const scaled = { ...usage, values: usage.values.map((value) => (value - low) / range) };
  const trends = trendsOf(scaled, leapsOf(scaled));
  if (trends.reduce((sum, trend) => sum + trend.weight * shareNotGrowing(trend), 0) > doubt) {
    return { ...nothing, warnings: [] };
  }
  const now = usage.at.at(-1)!;
  const stepHours = usage.stepMs / hourMs;
  const grid = gridUpTo(Math.min(farthestHours / stepHours, farthestSpans * now));
  const { full } = futuresOf(trends, now, (capacityBytes - low) / range, grid, []);
  const quantile = (share: number): number => full[Math.floor(share * (full.length - 1))]! * stepHours;
  const hours = quantile(0.5);
  if (hours === Infinity) return { ...nothing, warnings: [] };
  const high = quantile(0.5 + level / 2);
  return {
    will_fill: true,
    eta: { hours, low: quantile(0.5 - level / 2), high: high === Infinity ? null : high },
    drivers: [],
    method,
    warnings: [],
  };
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
