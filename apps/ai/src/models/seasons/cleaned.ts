/**
 * The rows without gaps, around zero and about one in size (so that neither unit nor offset matters).
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

export function medianOf(rows: Float64Array): number {
  const sorted = Float64Array.from(rows).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
