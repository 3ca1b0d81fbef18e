import type { Series } from '../series/series.js';

/** A row this near (in steps) to where one is awaited is that row: clocks are never exact. */
const jitter = 0.25;

/**
 * The last rows of a series one step apart up to the last one, at most `most`: where there is none, or no value, it is on
 * the line between its neighbours. Without it a gap would shift every season behind it.
 */
export function evenly({ at, values, stepMs }: Series, most: number): { values: Float64Array; filled: number } {
  const known: number[] = [];
  values.forEach((value, i) => {
    if (!Number.isNaN(value)) known.push(i);
  });
  const [first, last] = [at[0]!, at.at(-1)!];
  const rows = Math.min(most, stepMs > 0 ? Math.round((last - first) / stepMs) + 1 : 1);
  const even = new Float64Array(rows);
  let filled = 0;
  let next = 0;
  for (let row = 0; row < rows; row++) {
    const moment = last - (rows - 1 - row) * stepMs;
    while (next < known.length - 1 && at[known[next]!]! < moment - jitter * stepMs) next++;
    const after = known[next]!;
    const before = known[Math.max(0, next - 1)]!;
    const [from, to] = [at[before]!, at[after]!];
    if (Math.abs(to - moment) <= jitter * stepMs) {
      even[row] = values[after]!;
      continue;
    }
    filled++;
    const share = to > from ? Math.min(1, Math.max(0, (moment - from) / (to - from))) : 0;
    even[row] = values[before]! + share * (values[after]! - values[before]!);
  }
  return { values: even, filled };
}
