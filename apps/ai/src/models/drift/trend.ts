export interface Trend {
  /** Per row, and its standard error. */
  readonly slope: number;
  readonly error: number;
  /** Of the line, at the first and the last row. */
  readonly first: number;
  readonly last: number;
}

/** Least squares over two columns: y = a·p + b·q. */
function fit(y: Float64Array, p: Float64Array, q: Float64Array): { a: number; b: number; bVariance: number } {
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
  return { a, b, bVariance: ((squares / (y.length - 2)) * pp) / determinant };
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
  const unbiased = (products / squares + 2 / n) / (1 - 4 / n);
  return unbiased > 1 - 1 / Math.sqrt(n) ? 1 : Math.max(0, unbiased);
}

/**
 * The slope of a line under noise of which nobody knows whether it forgets or walks: a walk has "trends" without end,
 * on which Mann–Kendall and least squares fire. Perron and Yabu 2009: the persistence of the noise is estimated and
 * taken for 1 when near it; differences by it make the noise white, so that the slope's error is the true one in both
 * cases.
 */
export function trendOf(levels: Float64Array): Trend {
  const ones = new Float64Array(levels.length).fill(1);
  const rows = levels.map((_, row) => row);
  const line = fit(levels, ones, rows);
  const share = persistence(levels.map((level, row) => level - line.a - line.b * row));
  const { a, b, bVariance } = fit(
    quasiDifference(levels, share),
    quasiDifference(ones, share),
    quasiDifference(rows, share),
  );
  return { slope: b, error: Math.sqrt(bVariance), first: a, last: a + b * (levels.length - 1) };
}
