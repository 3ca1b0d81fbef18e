export interface Trend {
  /** Row from which on the line rises or falls; level before it. */
  readonly start: number;
  /** Per row, and its standard error. */
  readonly slope: number;
  readonly error: number;
  /** Of the line, up to its start and at the last row. */
  readonly first: number;
  readonly last: number;
}

interface Fit {
  readonly a: number;
  readonly b: number;
  readonly bVariance: number;
  readonly squares: number;
}

/** A slope that began later than this many rows before the end is no more than two or three values. */
const LEAST_ROWS = 7;

/** How much persistence the noise may have beyond what was estimated, in standard errors: better a creep missed than a walk believed. */
const CAUTION = 2.5;

/** Least squares over two columns: y = a·p + b·q. */
function fit(y: Float64Array, p: Float64Array, q: Float64Array): Fit {
  let [pp, pq, qq, py, qy] = [0, 0, 0, 0, 0];
  for (let row = 0; row < y.length; row += 1) {
    pp += p[row]! * p[row]!;
    pq += p[row]! * q[row]!;
    qq += q[row]! * q[row]!;
    py += p[row]! * y[row]!;
    qy += q[row]! * y[row]!;
  }
  const determinant = pp * qq - pq * pq;
  const a = (py * qq - qy * pq) / determinant;
  const b = (qy * pp - py * pq) / determinant;
  let squares = 0;
  for (let row = 0; row < y.length; row += 1) squares += (y[row]! - a * p[row]! - b * q[row]!) ** 2;
  return { a, b, bVariance: ((squares / (y.length - 2)) * pp) / determinant, squares };
}

/** Each row less `share` of the one before it. */
function quasiDifference(values: Float64Array, share: number): Float64Array {
  return values.map((value, row) => (row === 0 ? value : value - share * values[row - 1]!));
}

/** How much of a row's noise stays for the next, 1 for a random walk. */
function persistence(residuals: Float64Array): number {
  let [products, squares] = [0, 0];
  for (let row = 1; row < residuals.length; row += 1) {
    products += residuals[row]! * residuals[row - 1]!;
    squares += residuals[row - 1]! ** 2;
  }
  if (squares === 0) return 0;
  const n = residuals.length;
  // Residuals of a fitted line look less persistent than the noise, by (2 + 4a) / n (Kendall's bias, with a trend).
  const unbiased = Math.max(0, Math.min(1, (products / squares + 2 / n) / (1 - 4 / n)));
  const cautious = unbiased + CAUTION * Math.sqrt((1 - unbiased ** 2) / n);
  return cautious > 1 - 1 / Math.sqrt(n) ? 1 : cautious;
}

const since = (levels: Float64Array, start: number) => levels.map((_, row) => Math.max(0, row - start));

/**
 * The slope of a line under noise of which nobody knows whether it forgets or walks: a walk has "trends" without end,
 * on which Mann–Kendall and least squares fire. Perron and Yabu 2009: the persistence of the noise is estimated and
 * taken for 1 when near it; differences by it make the noise white, so that the slope's error is the true one in both
 * cases. Null where one step describes the series better than a slope that began somewhere.
 */
export function trendOf(levels: Float64Array): Trend | null {
  const ones = new Float64Array(levels.length).fill(1);
  let [start, bend, step] = [0, Infinity, Infinity];
  for (let row = 0; row <= levels.length - LEAST_ROWS; row += 1) {
    const { squares } = fit(levels, ones, since(levels, row));
    if (squares < bend) [start, bend] = [row, squares];
  }
  for (let row = 1; row < levels.length; row += 1) {
    const behind = levels.map((_, index) => (index >= row ? 1 : 0));
    step = Math.min(step, fit(levels, ones, behind).squares);
  }
  if (step <= bend) return null;

  const slope = since(levels, start);
  const line = fit(levels, ones, slope);
  const share = persistence(levels.map((level, row) => level - line.a - line.b * slope[row]!));
  const { a, b, bVariance } = fit(
    quasiDifference(levels, share),
    quasiDifference(ones, share),
    quasiDifference(slope, share),
  );
  return { start, slope: b, error: Math.sqrt(bVariance), first: a, last: a + b * slope.at(-1)! };
}
