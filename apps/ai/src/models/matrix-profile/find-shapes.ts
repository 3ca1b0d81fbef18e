import { discordsOf, motifsOf, type Discord, type Motif } from './motifs.js';
import { matrixProfileOf } from './profile.js';

export interface Shapes {
  motifs: Motif[];
  discords: Discord[];
  warnings: string[];
}

/** The work grows with the square: as many points take about a fifth of a second, four times as many a deadline. */
export const MAX_PROFILE_POINTS = 5_000;
/** Shorter subsequences are all alike once normalised. */
export const MIN_WINDOW = 4;
/** Two occurrences, and as much again to tell them from. */
export const WINDOWS_NEEDED = 4;

/**
 * How long a subsequence is where the caller does not say: the strongest season that fits four times, since what comes
 * again does so by day or week; else the twentieth part of the series, 8 to 100 rows.
 */
export function windowFor(rows: number, seasons: readonly { length: number }[] = []): number {
  const longest = Math.floor(rows / WINDOWS_NEEDED);
  const season = seasons.find(({ length }) => length >= MIN_WINDOW && length <= longest);
  if (season) return season.length;
  return Math.max(MIN_WINDOW, Math.min(longest, 100, Math.max(8, Math.round(rows / 20))));
}

/** How many rows a search for subsequences of that length needs. */
export const rowsNeeded = (window: number): number => WINDOWS_NEEDED * window;

/**
 * Motifs and discords of a series of `rowsNeeded(window)` rows or more. Starts and lengths are in rows of the series as
 * it came, also where it was thinned out. Missing values (NaN) are put on the line between their neighbours.
 */
export function findShapes(series: Float64Array, window: number): Shapes {
  const warnings: string[] = [];
  const whole = filled(series);
  if (whole !== series) warnings.push('missing values were interpolated before the search for motifs and discords');
  const step = Math.ceil(whole.length / MAX_PROFILE_POINTS);
  const length = Math.max(MIN_WINDOW, Math.round(window / step));
  if (step > 1) {
    warnings.push(`${whole.length} points were averaged to ${Math.floor(whole.length / step)} for motifs and discords`);
  }
  const profile = matrixProfileOf(thinned(whole, step), length);
  const rows = length * step;
  return {
    motifs: motifsOf(profile).map(({ starts, distance }) => ({
      starts: starts.map((start) => start * step),
      length: rows,
      distance,
    })),
    discords: discordsOf(profile).map(({ start, distance }) => ({ start: start * step, length: rows, distance })),
    warnings,
  };
}

/** Means of `step` neighbours; what is left at the end is fewer than that, and not looked at. */
function thinned(values: Float64Array, step: number): Float64Array {
  if (step === 1) return values;
  return Float64Array.from({ length: Math.floor(values.length / step) }, (_, i) => {
    let sum = 0;
    for (let k = i * step; k < (i + 1) * step; k++) sum += values[k]!;
    return sum / step;
  });
}

function filled(values: Float64Array): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  const line = values.slice();
  let before = -1;
  for (let i = 0; i <= line.length; i++) {
    if (i < line.length && Number.isNaN(line[i])) continue;
    const left = before < 0 ? line[i] : line[before];
    const right = i < line.length ? line[i] : left;
    for (let k = before + 1; k < i; k++) {
      line[k] = (left ?? 0) + (((right ?? 0) - (left ?? 0)) * (k - before)) / (i - before);
    }
    before = i;
  }
  return line;
}
