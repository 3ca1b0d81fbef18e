/** What keeps near-equal columns apart; in units of the values' variance. More of it costs accuracy on clean series. */
const ridge = 1e-4;
/** Beyond the range that was seen by this share of it lies nothing that a mean-reverting process reaches. */
const beyond = 0.3;

/**
 * The next rows of values whose each row is a weighted sum of those `lags` before it; the weights by least squares.
 * Null where there are too few rows to tell the weights.
 */
export function autoregression(values: Float64Array, lags: readonly number[], horizon: number): Float64Array | null {
  const n = values.length;
  const most = Math.max(...lags);
  const rows = n - most;
  const p = lags.length + 1;
  if (rows < 3 * p) return null;
  const { scaled, mean, spread } = standardised(values);
  if (spread === 0) return new Float64Array(horizon).fill(mean);
  const weights = solved(...normalEquations(scaled, lags, most), rows);
  let [low, high] = [Infinity, -Infinity];
  for (const value of scaled) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = beyond * (high - low);
  const ahead = new Float64Array(n + horizon);
  ahead.set(scaled);
  for (let i = n; i < n + horizon; i++) {
    let next = weights[p - 1]!;
    for (let a = 0; a < lags.length; a++) next += weights[a]! * ahead[i - lags[a]!]!;
    ahead[i] = Math.min(high + margin, Math.max(low - margin, next));
  }
  return ahead.subarray(n).map((value) => mean + spread * value);
}

/** Values of mean 0 and variance 1, so that a forecast follows its series whatever the unit. */
export function standardised(values: Float64Array): { scaled: Float64Array; mean: number; spread: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  // What is left of a constant series is rounding.
  if (spread <= 1e-12 * Math.abs(mean)) return { scaled: new Float64Array(n), mean, spread: 0 };
  return { scaled: values.map((value) => (value - mean) / spread), mean, spread };
}

function normalEquations(values: Float64Array, lags: readonly number[], most: number): [Float64Array[], Float64Array] {
  const p = lags.length + 1;
  const n = values.length;
  const columns = lags.map((lag) => values.subarray(most - lag, n - lag));
  columns.push(new Float64Array(n - most).fill(1));
  const answer = values.subarray(most);
  const products = Array.from({ length: p }, () => new Float64Array(p));
  const right = new Float64Array(p);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b <= a; b++) products[a]![b] = products[b]![a] = dot(columns[a]!, columns[b]!);
    right[a] = dot(columns[a]!, answer);
  }
  return [products, right];
}

/** By Cholesky; the ridge leaves the mean, the last column, alone. */
function solved(products: Float64Array[], right: Float64Array, rows: number): Float64Array {
  const p = right.length;
  for (let a = 0; a < p; a++) {
    products[a]![a]! += a < p - 1 ? ridge * rows : 0;
    for (let b = 0; b <= a; b++) {
      let sum = products[a]![b]!;
      for (let k = 0; k < b; k++) sum -= products[a]![k]! * products[b]![k]!;
      products[a]![b] = a === b ? Math.sqrt(Math.max(sum, 1e-12 * rows)) : sum / products[b]![b]!;
    }
  }
  const weights = Float64Array.from(right);
  for (let a = 0; a < p; a++) {
    for (let k = 0; k < a; k++) weights[a]! -= products[a]![k]! * weights[k]!;
    weights[a]! /= products[a]![a]!;
  }
  for (let a = p - 1; a >= 0; a--) {
    for (let k = a + 1; k < p; k++) weights[a]! -= products[k]![a]! * weights[k]!;
    weights[a]! /= products[a]![a]!;
  }
  return weights;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
