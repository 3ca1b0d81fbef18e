/** So many robust deviations from the median are as good as any more: one enormous row would be all there is to see. */
const FAR = 10;

/** The rows without gaps, standardised; null when nothing is left to look at: too few rows, or one value only. */
export function cleaned(values: Float64Array): Float64Array | null {
  const rows = withoutGaps(values);
  if (!rows) return null;
  const middle = medianOf(rows);
  const most = FAR * 1.4826 * medianOf(rows.map((row) => Math.abs(row / 2 - middle / 2))) * 2;
  return standardised(most > 0 ? rows.map((row) => Math.min(Math.max(row, middle - most), middle + most)) : rows);
}

/** Around zero and about one in size, so that neither unit nor offset matters. Null when all are one value. */
export function standardised(rows: Float64Array): Float64Array | null {
  const centre = medianOf(rows);
  // Halved, since two huge numbers of different sign are further apart than the largest number there is.
  const halves = rows.map((row) => row / 2 - centre / 2);
  const size = halves.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  if (!(size > 0)) return null;
  const scaled = halves.map((value) => value / size);
  const deviation = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0) / rows.length);
  return scaled.map((value) => value / deviation);
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

export function medianOf(rows: Float64Array): number {
  const sorted = Float64Array.from(rows).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
