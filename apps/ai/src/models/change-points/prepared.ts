import { seasonsOf } from '../seasons/index.js';
import { varianceOver } from './noise.js';

/** Further than this from the rows around it, in deviations of neighbours, a row is a spike: no part of its own. */
const SPIKE = 4;
/** A cycle weaker than this hides no change. */
const STRONG_SEASON = 0.3;

/** Of the variance: what season and spikes leave is nothing below it, but for rounding. */
const NOTHING = 1e-6;

export interface Prepared {
  rows: Float64Array;
  /** Whether a season was taken out. */
  isSeasonal: boolean;
}

/** The rows around zero and one in size, without seasons and spikes; null when they are all one. */
export function prepared(values: Float64Array, shortest: number): Prepared | null {
  const rows = standardised(values);
  if (!rows) return null;
  const seasons = seasonsOf({ values: rows }).filter(({ strength }) => strength >= STRONG_SEASON);
  for (const { length } of seasons) takeOut(rows, length);
  cutSpikes(rows, shortest);
  const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
  const variance = rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows.length;
  const left = variance < NOTHING ? null : standardised(rows);
  return left && { rows: left, isSeasonal: seasons.length > 0 };
}

function standardised(values: Float64Array): Float64Array | null {
  const first = values[0]!;
  let size = 0;
  for (const value of values) size = Math.max(size, Math.abs(value / 2 - first / 2));
  if (!(size > 0)) return null;
  const rows = values.map((value) => (value / 2 - first / 2) / size);
  const n = rows.length;
  const mean = rows.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  return rows.map((value) => (value - mean) / deviation);
}

/** Of each place in the turn the median distance from the mean of the turn around: a change in level stays where it is. */
function takeOut(rows: Float64Array, length: number): void {
  const n = rows.length;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i]! + rows[i]!;
  const places: number[][] = Array.from({ length }, () => []);
  const half = length >> 1;
  for (let i = half; i + length - half <= n; i++) {
    const around = (sums[i - half + length]! - sums[i - half]!) / length;
    places[i % length]!.push(rows[i]! - around);
  }
  const typical = places.map((distances) => distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0);
  for (let i = 0; i < n; i++) rows[i]! -= typical[i % length]!;
}

/** Whatever comes and goes within the shortest part is an anomaly, not a change. */
function cutSpikes(rows: Float64Array, reach: number): void {
  const given = Float64Array.from(rows);
  const n = given.length;
  const most = SPIKE * Math.sqrt(varianceOver(given, 1));
  for (let i = 0; i < n; i++) {
    const around = given.slice(Math.max(0, i - reach), i + reach + 1).sort();
    const middle = around[around.length >> 1]!;
    if (Math.abs(given[i]! - middle) > most) rows[i] = middle;
  }
}
