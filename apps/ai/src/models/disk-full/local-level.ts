/**
 * A regression whose noise is white plus a random walk, so that bursts that stay widen what is not known of the slope
 * (ordinary least squares takes them for certain knowledge). The Kalman filter of the local level model turns it into
 * one with white noise: see Harvey, "Forecasting, structural time series models and the Kalman filter", 1989, 3.4.
 */
export interface Fit {
  /** Of the columns. */
  coefficients: Float64Array;
  /** The inverse of the lower root of the inverse covariance, by rows: its transpose is a root of the covariance. */
  spread: Float64Array;
  /** What is left of the level at the last row when the columns are taken off; its spread. */
  level: number;
  levelSpread: number;
  /** How far each column's own level was followed: the level is known given these times the coefficients. */
  columnLevels: Float64Array;
  /** Spread of the white part. */
  noise: number;
  /** Twice the negative log of the likelihood, without what all fits share. */
  deviance: number;
}

/** Values filtered: what was new at each row in units of its spread, and the level after the last. */
export interface Filtered {
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

/** A regression of filtered values on filtered columns, to which columns may be added without doing the rest again. */
export class Regression {
  private constructor(
    private readonly filter: Filter,
    private readonly values: Filtered,
    private readonly columns: readonly Filtered[],
    /** Products of each two of the columns, the values last. */
    private readonly products: readonly Float64Array[],
  ) {}

  static of(filter: Filter, values: Filtered): Regression {
    return new Regression(filter, values, [], [Float64Array.of(dot(values.news, values.news))]);
  }

  with(added: readonly Filtered[]): Regression {
    return added.reduce<Regression>((regression, column) => {
      const { columns, products, values } = regression;
      const own = [...columns, column, values].map(({ news }) => dot(news, column.news));
      const before = products.slice(0, -1);
      const last = products.at(-1)!;
      const withValues = Float64Array.of(...last.subarray(0, -1), own.at(-1)!, last.at(-1)!);
      return new Regression(
        this.filter,
        values,
        [...columns, column],
        [...before, Float64Array.from(own.slice(0, -1)), withValues],
      );
    }, this);
  }

  /** Null where the columns do not stand apart. */
  fit(): Fit | null {
    const p = this.columns.length;
    const n = this.values.news.length;
    const root = cholesky(this.products, p);
    if (!root) return null;
    const inverse = inverseOfLower(root, p);
    const right = this.products[p]!;
    const coefficients = new Float64Array(p);
    let explained = 0;
    for (let k = 0; k < p; k++) {
      let turned = 0;
      for (let a = 0; a <= k; a++) turned += inverse[k * p + a]! * right[a]!;
      explained += turned * turned;
      for (let a = 0; a <= k; a++) coefficients[a]! += inverse[k * p + a]! * turned;
    }
    const squares = Math.max(0, right[p]! - explained);
    const variance = Math.max(squares / Math.max(1, n - p), leastNoise ** 2);
    const noise = Math.sqrt(variance);
    return {
      coefficients,
      // (X'X)⁻¹ = L⁻ᵀ L⁻¹, so L⁻ᵀ is a root of it.
      spread: inverse.map((entry) => entry * noise),
      level: this.values.level,
      levelSpread: Math.sqrt(this.filter.lastVariance) * noise,
      columnLevels: Float64Array.from(this.columns, ({ level }) => level),
      noise,
      deviance: n * Math.log(variance) + squares / variance + this.filter.logSpreads + p * Math.log(n),
    };
  }

  /** What the level moved by at each row, beyond the columns. */
  moves({ coefficients }: Fit): Float64Array {
    const { gains, spreads } = this.filter;
    return this.values.news.map((fresh, i) => {
      const explained = this.columns.reduce((sum, { news }, a) => sum + coefficients[a]! * news[i]!, 0);
      return (fresh - explained) * spreads[i + 1]! * gains[i + 1]!;
    });
  }
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

function cholesky(products: readonly Float64Array[], p: number): Float64Array | null {
  const root = new Float64Array(p * p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = products[a]![b]!;
      for (let k = 0; k < b; k++) sum -= root[a * p + k]! * root[b * p + k]!;
      if (a !== b) root[a * p + b] = sum / root[b * p + b]!;
      else if (sum > 1e-10 * products[a]![a]!) root[a * p + a] = Math.sqrt(sum);
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
