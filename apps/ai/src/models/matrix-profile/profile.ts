import { distanceOf, windowsOf, type Windows } from './windows.js';

export interface MatrixProfile {
  readonly windows: Windows;
  /** Of each subsequence the distance to its nearest neighbour. */
  readonly distances: Float64Array;
  /** Which that is; -1 where all others overlap too much. */
  readonly neighbours: Int32Array;
}

/** A subsequence is nearest to itself moved by a step: those within a quarter of its length are no neighbours (STUMPY). */
export const exclusionOf = (length: number): number => Math.ceil(length / 4);

/**
 * A diagonal's covariance is begun anew where the norms are below this share of the largest term since its last
 * beginning: what a peak left of rounding in the sum would outweigh a quiet part after it. That needs a peak to leave the
 * window, so it is rare.
 */
const FALL = 16;
/** And after as many steps, whatever happens, so that rounding never adds up. */
const RESTART_EVERY = 256;

/**
 * The distance of every subsequence to its nearest neighbour, by running covariances along the diagonals of the distance
 * matrix (SCRIMP: Zhu et al., 2018; the update by differences: mpx): n² steps instead of n² × m. The neighbour's distance
 * is then computed from the definition, so that it is exact also where the correlation, near 1, has few digits left.
 */
export function matrixProfileOf(series: Float64Array, length: number): MatrixProfile {
  const windows = windowsOf(series, length);
  const { count } = windows;
  const best = new Float64Array(count).fill(-Infinity);
  const neighbours = new Int32Array(count).fill(-1);
  for (let lag = exclusionOf(length) + 1; lag < count; lag++) diagonal(windows, lag, best, neighbours);
  const distances = Float64Array.from(neighbours, (neighbour, i) =>
    neighbour < 0 ? Infinity : distanceOf(windows, i, neighbour),
  );
  return { windows, distances, neighbours };
}

function diagonal(windows: Windows, lag: number, best: Float64Array, neighbours: Int32Array): void {
  const { values, length, count, means, norms } = windows;
  let covariance = 0;
  let highest = 0;
  let steps = RESTART_EVERY;
  for (let i = 0; i + lag < count; i++) {
    const j = i + lag;
    const scale = norms[i]! * norms[j]!;
    if (i > 0 && steps < RESTART_EVERY) {
      // cov += (what enters) - (what leaves), each about the means before and after: no large sums are subtracted.
      const enterA = values[i + length - 1]!;
      const enterB = values[j + length - 1]!;
      const leaveA = values[i - 1]!;
      const leaveB = values[j - 1]!;
      const enter = (enterA - means[i]!) * (enterB - means[j - 1]!);
      const leave = (leaveA - means[i]!) * (leaveB - means[j - 1]!);
      covariance += enter - leave;
      if (enter > highest) highest = enter;
      else if (-enter > highest) highest = -enter;
      if (leave > highest) highest = leave;
      else if (-leave > highest) highest = -leave;
      steps++;
    }
    if (steps >= RESTART_EVERY || (scale > 0 && scale * FALL < highest)) {
      covariance = covarianceOf(windows, i, j);
      highest = scale;
      steps = 0;
    } else if (scale > highest) highest = scale;
    // Two flat ones are equal; one flat: √m, which is the distance at a correlation of a half.
    const correlation = scale > 0 ? covariance / scale : norms[i] === norms[j] ? 1 : 0.5;
    if (correlation > best[i]!) {
      best[i] = correlation;
      neighbours[i] = j;
    }
    if (correlation > best[j]!) {
      best[j] = correlation;
      neighbours[j] = i;
    }
  }
}

function covarianceOf({ values, length, means }: Windows, i: number, j: number): number {
  const meanA = means[i]!;
  const meanB = means[j]!;
  let sum = 0;
  for (let k = 0; k < length; k++) sum += (values[i + k]! - meanA) * (values[j + k]! - meanB);
  return sum;
}
