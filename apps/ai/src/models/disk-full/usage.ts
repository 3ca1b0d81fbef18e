import type { Series } from '../series/series.js';

/** The use of a disk, without what is not known. */
export interface Usage {
  /** Steps since the first row: ascending, with gaps where rows are missing. */
  at: Float64Array;
  values: Float64Array;
  stepMs: number;
}

/** More rows than this say no more about a trend and cost time: beyond, neighbours are joined to their mean. */
const mostRows = 1_500;
/** A reading that lies this many spreads off both its neighbours is a file that came and went. */
const spikeSpreads = 8;

/** The known rows of a series, joined where there are too many, without single rows far off their neighbours. */
export function usageOf(series: Series): Usage {
  const known: number[] = [];
  series.values.forEach((value, i) => {
    if (!Number.isNaN(value)) known.push(i);
  });
  const join = Math.max(1, Math.ceil(known.length / mostRows));
  const stepMs = series.stepMs * join;
  const rows = Math.floor(known.length / join);
  const at = new Float64Array(rows);
  const values = new Float64Array(rows);
  // What is left over is the oldest: the last row must stay.
  const skip = known.length - rows * join;
  const first = rows > 0 ? series.at[known[skip]!]! : 0;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < join; j++) {
      const i = known[skip + row * join + j]!;
      at[row]! += (series.at[i]! - first) / stepMs / join;
      values[row]! += series.values[i]! / join;
    }
  }
  return { at, values: withoutSpikes(values), stepMs };
}

function withoutSpikes(values: Float64Array): Float64Array {
  const spread = spreadOfSteps(values);
  const clean = Float64Array.from(values);
  for (let i = 1; i + 1 < values.length; i++) {
    const [before, here, after] = [values[i - 1]!, values[i]!, values[i + 1]!];
    const away = Math.min(Math.abs(here - before), Math.abs(here - after));
    if ((here - before) * (here - after) > 0 && away > spikeSpreads * spread && away > Math.abs(after - before)) {
      clean[i] = (before + after) / 2;
    }
  }
  return clean;
}

/** How much two neighbours usually differ: robust, and never nothing while the values move at all. */
export function spreadOfSteps(values: Float64Array): number {
  const steps = Float64Array.from(values.subarray(1), (value, i) => value - values[i]!);
  const middle = medianOf(steps);
  const usual = 1.4826 * medianOf(steps.map((step) => Math.abs(step - middle)));
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // Readings in whole units mostly do not move: then half a percent of the range stands for the noise.
  return Math.max(usual, high > low ? 0.005 * (high - low) : 0);
}

export function medianOf(values: Float64Array | readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
