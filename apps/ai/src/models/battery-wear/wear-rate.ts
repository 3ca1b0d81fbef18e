import { median, type GaugeDay } from './gauge-days.js';

/** Points of health a day; below 0 it wears. `low` to `high` is the band that holds the true one in 95 of 100 cases. */
export interface WearRate {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

const Z_95 = 1.96;

/**
 * Sen's slope: the median of the slopes of all pairs, none of them across a recalibration, and Kendall's band around it.
 * The band is widened by how much a day's error stays for the next: gauges wander, and days that tell the same are not
 * as many witnesses. Null where fewer than two days stand together.
 */
export function wearRate(stretches: readonly (readonly GaugeDay[])[]): WearRate | null {
  const slopes: number[] = [];
  let variance = 0;
  for (const days of stretches) {
    const n = days.length;
    variance += (n * (n - 1) * (2 * n + 5)) / 18;
    for (let right = 1; right < n; right += 1) {
      for (let left = 0; left < right; left += 1) {
        slopes.push((days[right]!.health - days[left]!.health) / (days[right]!.day - days[left]!.day));
      }
    }
  }
  if (slopes.length === 0) return null;
  const sorted = Float64Array.from(slopes).sort();
  const slope = median(slopes);
  const half = (Z_95 * Math.sqrt(variance * inflation(stretches, slope))) / 2;
  const last = sorted.length - 1;
  const at = (place: number) => sorted[Math.min(last, Math.max(0, Math.round(place)))]!;
  return { slope, low: at(last / 2 - half), high: at(last / 2 + half) };
}

/** Of the variance, by the persistence of the errors (as many independent ones: n (1 − r) / (1 + r)). */
function inflation(stretches: readonly (readonly GaugeDay[])[], slope: number): number {
  let products = 0;
  let squares = 0;
  for (const days of stretches) {
    const level = median(days.map(({ day, health }) => health - slope * day));
    let before = 0;
    for (const { day, health } of days) {
      const error = health - slope * day - level;
      products += error * before;
      squares += error * error;
      before = error;
    }
  }
  const persistence = squares > 0 ? Math.min(0.95, Math.max(0, products / squares)) : 0;
  return (1 + persistence) / (1 - persistence);
}
