/**
 * A regression whose noise is white plus a random walk, so that bursts that stay widen what is not known of the slope
 * (ordinary least squares takes them for certain knowledge). The Kalman filter of the local level model turns it into
 * one with white noise: see Harvey, "Forecasting, structural time series models and the Kalman filter", 1989, 3.4.
 */
export interface Fit {
  /** Of the columns. */
  coefficients: Float64Array;
  /** The square root (lower triangle, by rows) of the covariance of the coefficients. */
  spread: Float64Array;
  /** What is left of the level at the last row when the columns are taken off; its spread. */
  level: number;
  levelSpread: number;
  /** How far each column's own level was followed: the level is known given these times the coefficients. */
  columnLevels: Float64Array;
  /** Spread of the white part. */
  noise: number;
  /** What the level moved by at each row, beyond the columns. */
  moves: Float64Array;
  /** Twice the negative log of the likelihood, without what all fits share. */
  deviance: number;
}

/** Values filtered: what was new at each row in units of its spread, and the level after the last. */
interface Filtered {
  news: Float64Array;
  level: number;
}

/** Which share of what is new the level takes over, and how spread it is, for each row: the same for all columns. */
export class Filter {
  readonly gains: Float64Array;
  readonly spreads: Float64Array;
  readonly logSpreads: number;
  readonly lastVariance: number;

  /** `walk`: the variance of the random walk in a step, in those of the white noise. */
  constructor(
    at: Float64Array,
    readonly walk: number,
  ) {
    const n = at.length;
    this.gains = new Float64Array(n);
    this.spreads = new Float64Array(n);
    let variance = 1;
    let logSpreads = 0;
    for (let i = 1; i < n; i++) {
      const predicted = variance + walk * (at[i]! - at[i - 1]!);
      this.gains[i] = predicted / (predicted + 1);
      this.spreads[i] = Math.sqrt(predicted + 1);
      logSpreads += Math.log(predicted + 1);
      variance = this.gains[i]!;
    }
    this.logSpreads = logSpreads;
    this.lastVariance = variance;
  }

  apply(column: Float64Array): Filtered {
    const news = new Float64Array(column.length - 1);
    let level = column[0]!;
    for (let i = 1; i < column.length; i++) {
      const fresh = column[i]! - level;
      level += this.gains[i]! * fresh;
      news[i - 1] = fresh / this.spreads[i]!;
    }
    return { news, level };
  }
}

/** A least spread for values that lie on a line exactly: otherwise the likelihood has no bound. Values have a range of 1. */
const leastNoise = 1e-5;

/** The regression of the filtered values on the filtered columns. Null where the columns do not stand apart. */
export function fitOf(filter: Filter, values: Filtered, columns: readonly Filtered[]): Fit | null {
  const p = columns.length;
  const n = values.news.length;
  const products = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) products[a * p + b] = dot(columns[a]!.news, columns[b]!.news);
    right[a] = dot(columns[a]!.news, values.news);
  }
  const root = cholesky(products, p);
  if (!root) return null;
  const inverse = inverseOfLower(root, p);
  const coefficients = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b < p; b++) {
      let entry = 0;
      for (let k = Math.max(a, b); k < p; k++) entry += inverse[k * p + a]! * inverse[k * p + b]!;
      coefficients[a]! += entry * right[b]!;
    }
  }
  const moves = new Float64Array(n);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    let left = values.news[i]!;
    for (let a = 0; a < p; a++) left -= coefficients[a]! * columns[a]!.news[i]!;
    squares += left * left;
    moves[i] = left * filter.spreads[i + 1]! * filter.gains[i + 1]!;
  }
  const variance = Math.max(squares / Math.max(1, n - p), leastNoise ** 2);
  const noise = Math.sqrt(variance);
  const columnLevels = Float64Array.from(columns, (column) => column.level);
  return {
    coefficients,
    // (X'X)⁻¹ = L⁻ᵀ L⁻¹, so L⁻ᵀ is a root of it.
    spread: inverse.map((entry) => entry * noise),
    level: values.level,
    levelSpread: Math.sqrt(filter.lastVariance) * noise,
    columnLevels,
    noise,
    moves,
    deviance: n * Math.log(variance) + squares / variance + filter.logSpreads + p * Math.log(n),
  };
}

/** The variance of a combination of the coefficients. */
export function varianceOf({ spread }: Fit, weights: ArrayLike<number>): number {
  const p = weights.length;
  let variance = 0;
  for (let k = 0; k < p; k++) {
    let sum = 0;
    for (let a = 0; a <= k; a++) sum += spread[k * p + a]! * weights[a]!;
    variance += sum * sum;
  }
  return variance;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function cholesky(matrix: Float64Array, p: number): Float64Array | null {
  const root = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * p + b]!;
      for (let k = 0; k < b; k++) sum -= root[a * p + k]! * root[b * p + k]!;
      if (a !== b) root[a * p + b] = sum / root[b * p + b]!;
      else if (sum > 1e-10 * matrix[a * p + a]!) root[a * p + a] = Math.sqrt(sum);
      else return null;
    }
  }
  return root;
}

function inverseOfLower(root: Float64Array, p: number): Float64Array {
  const inverse = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    inverse[a * p + a] = 1 / root[a * p + a]!;
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let k = b; k < a; k++) sum -= root[a * p + k]! * inverse[k * p + b]!;
      inverse[a * p + b] = sum / root[a * p + a]!;
    }
  }
  return inverse;
}
