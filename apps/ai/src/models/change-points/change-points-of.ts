import type { Series } from '../series/series.js';
import type { ChangePoint } from './change-point.js';

/** Rows of the shortest part. */
const SHORTEST = 5;

/** Where a series changes for good, in order; none for noise. */
export function changePointsOf({ at, values }: Pick<Series, 'at' | 'values'>): ChangePoint[] {
  const kept = [...values.keys()].filter((i) => Number.isFinite(values[i]!));
  const n = kept.length;
  if (n < 2 * SHORTEST) return [];
  const rows = Float64Array.from(kept, (i) => values[i]!);
  const noise = noiseOf(rows);
  if (!(noise > 0)) return [];
  const penalty = 3 * Math.log(n) * noise;
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    const value = rows[i]! - rows[0]!;
    sums[i + 1] = sums[i]! + value;
    squares[i + 1] = squares[i]! + value * value;
  }
  const cost = (from: number, to: number) =>
    squares[to]! - squares[from]! - (sums[to]! - sums[from]!) ** 2 / (to - from);
  const best = new Float64Array(n + 1).fill(Infinity);
  const last = new Int32Array(n + 1);
  best[0] = -penalty;
  let candidates = [0];
  for (let to = SHORTEST; to <= n; to++) {
    for (const from of candidates) {
      const value = best[from]! + cost(from, to) + penalty;
      if (value < best[to]!) [best[to], last[to]] = [value, from];
    }
    candidates = candidates.filter((from) => best[from]! + cost(from, to) <= best[to]!);
    candidates.push(to - SHORTEST + 1);
  }
  const cuts: number[] = [];
  for (let to = last[n]!; to > 0; to = last[to]!) cuts.unshift(to);
  return cuts.map((cut, k) => {
    const from = cuts[k - 1] ?? 0;
    const to = cuts[k + 1] ?? n;
    const gain = cost(from, to) - cost(from, cut) - cost(cut, to);
    return {
      index: kept[cut]!,
      at: at[kept[cut]!]!,
      kind: 'level' as const,
      confidence: Math.max(0, 1 - Math.exp((penalty - gain) / (2 * noise))),
    };
  });
}

function noiseOf(rows: Float64Array): number {
  const steps = new Float64Array(rows.length - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = Math.abs(rows[i + 1]! - rows[i]!);
  return (steps.sort()[steps.length >> 1]! / 0.9539) ** 2;
}
