/** Beyond this many robust deviations from its neighbours a row is cut back to there: a spike has power at every frequency. */
const SPIKE = 5;
/** MAD to standard deviation, for a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/**
 * The rows without gaps and without spikes, around zero and about one in size (so that neither unit nor offset matters).
 * Null when nothing is left to look at: too few rows, or one value only.
 */
export function cleaned(values: Float64Array): Float64Array | null {
  const rows = withoutGaps(values);
  if (!rows) return null;
  const centre = medianOf(rows);
  let size = 0;
  for (const value of rows) size = Math.max(size, Math.abs(value - centre));
  if (!(size > 0) || !Number.isFinite(size)) return null;
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i]! - centre) / size;
  const deviation = Math.sqrt(rows.reduce((sum, value) => sum + value * value, 0) / rows.length);
  if (!(deviation > 0)) return null;
  for (let i = 0; i < rows.length; i++) rows[i]! /= deviation;
  return rows;
}

/** Missing rows lie on the line between their neighbours. More missing than there leaves nothing to say. */
function withoutGaps(values: Float64Array): Float64Array | null {
  const rows = Float64Array.from(values);
  let known = -1;
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (!Number.isFinite(rows[i]!)) continue;
    count++;
    const from = known < 0 ? rows[i]! : rows[known]!;
    for (let gap = known + 1; gap < i; gap++) rows[gap] = from + ((rows[i]! - from) * (gap - known)) / (i - known);
    known = i;
  }
  if (count * 2 < rows.length || count === 0) return null;
  rows.fill(rows[known]!, known + 1);
  return rows;
}

/** Against the median of five neighbours; a cycle of short pulses keeps them, at the height of the others' scatter. */
function cutSpikes(rows: Float64Array): void {
  const n = rows.length;
  const middle = new Float64Array(n);
  const window = new Float64Array(5);
  for (let i = 0; i < n; i++) {
    const from = Math.min(Math.max(0, i - 2), Math.max(0, n - 5));
    for (let k = 0; k < 5; k++) window[k] = rows[Math.min(n - 1, from + k)]!;
    middle[i] = window.sort()[2]!;
  }
  const sigma = MAD_TO_SIGMA * medianOf(rows.map((value, i) => Math.abs(value - middle[i]!)));
  if (!(sigma > 0)) return;
  for (let i = 0; i < n; i++) {
    rows[i] = Math.min(Math.max(rows[i]!, middle[i]! - SPIKE * sigma), middle[i]! + SPIKE * sigma);
  }
}

export function medianOf(rows: Float64Array): number {
  const sorted = Float64Array.from(rows).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
