/** Rows from which on a variance can be told. */
export const SPREAD_SHORTEST = 30;
/** The spread must double or halve at least: less is seen by nobody, and noise that follows itself does so by chance. */
const TIMES = 2;
/** As for levels: so many times the logarithm of the rows. */
const EVIDENCE = 12;
/** No spread is nothing: beside it any other would be endlessly larger. */
const LEAST = 1e-6;

export interface Spread {
  cut: number;
  confidence: number;
}

/** Where within a part the scatter about its fit changes (likelihood ratio of two normal distributions, halved again). */
export function spreadChanges(rest: Float64Array, from = 0, to = rest.length): Spread[] {
  if (to - from < 2 * SPREAD_SHORTEST) return [];
  const squares = new Float64Array(to - from + 1);
  for (let i = from; i < to; i++) squares[i - from + 1] = squares[i - from]! + rest[i]! ** 2;
  const variance = (a: number, b: number) => Math.max(LEAST, (squares[b]! - squares[a]!) / (b - a));
  const n = to - from;
  const whole = n * Math.log(variance(0, n));
  let best = 0;
  let cut = 0;
  for (let k = SPREAD_SHORTEST; k <= n - SPREAD_SHORTEST; k++) {
    const gain = whole - k * Math.log(variance(0, k)) - (n - k) * Math.log(variance(k, n));
    if (gain > best) [best, cut] = [gain, k];
  }
  const price = EVIDENCE * Math.log(rest.length);
  if (best <= price) return [];
  const ratio = variance(0, cut) / variance(cut, n);
  if (Math.max(ratio, 1 / ratio) < TIMES ** 2) return [];
  return [
    ...spreadChanges(rest, from, from + cut),
    { cut: from + cut, confidence: best / (best + price) },
    ...spreadChanges(rest, from + cut, to),
  ];
}
