import type { Series } from './series.js';

/** Fills what is missing, in proportion to time between its neighbours, at the ends with the nearest. @returns how many */
export function interpolate(series: Series): { series: Series; filled: number } {
  const { at, stepMs } = series;
  const values = series.values.slice();
  let filled = 0;
  let before = -1;
  for (let index = 0; index <= values.length; index += 1) {
    if (index < values.length && Number.isNaN(values[index])) continue;
    for (let hole = before + 1; hole < index; hole += 1) {
      values[hole] = between(at, values, before, index, hole);
      filled += 1;
    }
    before = index;
  }
  return filled === 0 ? { series, filled } : { series: { at, values, stepMs }, filled };
}

function between(at: Float64Array, values: Float64Array, before: number, after: number, hole: number): number {
  const [left, right] = [values[before], values[after]];
  if (left === undefined) return right ?? Number.NaN;
  if (right === undefined) return left;
  const [start, end, here] = [at[before] ?? 0, at[after] ?? 0, at[hole] ?? 0];
  return left + ((right - left) * (here - start)) / (end - start);
}
