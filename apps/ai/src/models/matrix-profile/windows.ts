/** What the distance needs to know of every subsequence of a length, and the values it is computed from. */
export interface Windows {
  /** The series with its mean taken off: sums of products of large, nearly equal numbers lose their digits. */
  readonly values: Float64Array;
  readonly length: number;
  readonly count: number;
  readonly means: Float64Array;
  /** The root of the sum of squares about the mean; 0 for a flat one. */
  readonly norms: Float64Array;
}

/** A subsequence that moves less than this share of the whole series' range is flat: what is left of it is rounding. */
const FLAT_SHARE = 1e-10;

/** Each window by itself, in two passes: a running sum would carry the rounding of a past peak into all that follows. */
export function windowsOf(series: Float64Array, length: number): Windows {
  const values = centred(series);
  const count = values.length - length + 1;
  const flatRange = rangeOf(values, 0, values.length) * FLAT_SHARE;
  const means = new Float64Array(count);
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = i; k < i + length; k++) sum += values[k]!;
    const mean = sum / length;
    let squares = 0;
    for (let k = i; k < i + length; k++) squares += (values[k]! - mean) ** 2;
    means[i] = mean;
    norms[i] = rangeOf(values, i, i + length) <= flatRange ? 0 : Math.sqrt(squares);
  }
  return { values, length, count, means, norms };
}

/**
 * The distance of two z-normalised subsequences, straight from its definition. Flat ones have no z-score: two of them
 * are equal (0), one and another that is not are as far apart as two that have nothing in common (√m), as in SCAMP.
 */
export function distanceOf({ values, length, means, norms }: Windows, i: number, j: number): number {
  const a = norms[i] ?? 0;
  const b = norms[j] ?? 0;
  if (a === 0 || b === 0) return a === b ? 0 : Math.sqrt(length);
  const meanA = means[i] ?? 0;
  const meanB = means[j] ?? 0;
  let squares = 0;
  for (let k = 0; k < length; k++) squares += ((values[i + k]! - meanA) / a - (values[j + k]! - meanB) / b) ** 2;
  return Math.sqrt(squares * length);
}

function centred(series: Float64Array): Float64Array {
  let mean = 0;
  for (const value of series) mean += value / series.length;
  return series.map((value) => value - mean);
}

function rangeOf(values: Float64Array, from: number, to: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (let k = from; k < to; k++) {
    const value = values[k]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
