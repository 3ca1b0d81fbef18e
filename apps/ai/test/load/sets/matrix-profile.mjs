// The matrix profile: the largest difference to comparing every pair, and the time of the largest search.
import { performance } from 'node:perf_hooks';
import { matrixProfileOf } from '../../../../../dist/apps/ai/src/models/matrix-profile/profile.js';

export const title = 'Matrix profile (motifs and discords)';

export const bars = [
  { name: 'largest difference to brute force', floor: null, good: null, ours: 1e-6, higherIsBetter: false },
  { name: 'ms for 5,000 points, m = 50', floor: null, good: null, ours: 1_000, higherIsBetter: false },
];

const LENGTH = 50;

/** A daily wave with noise, a peak and a flat part. */
function series(points) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 31 - 1;
  return Float64Array.from({ length: points }, (_, i) => {
    if (i % 700 > 640) return 3;
    return 5 * Math.sin(i / 46) + random() + (i % 900 === 100 ? 1e4 : 0);
  });
}

export async function run() {
  const { windows, distances } = matrixProfileOf(series(1_500), LENGTH);
  const nearest = byEveryPair(windows);
  const worst = distances.reduce((most, distance, i) => Math.max(most, Math.abs(distance - nearest[i])), 0);
  const long = series(5_000);
  const times = [0, 1, 2].map(() => {
    const started = performance.now();
    matrixProfileOf(long, LENGTH);
    return performance.now() - started;
  });
  return [
    { name: 'largest difference to brute force', value: worst },
    { name: 'ms for 5,000 points, m = 50', value: Math.round(Math.max(...times)) },
  ];
}

function byEveryPair({ values, length, count, norms }) {
  const normalised = Array.from({ length: count }, (_, i) => {
    const part = values.slice(i, i + length);
    const mean = part.reduce((sum, value) => sum + value, 0) / length;
    const deviation = Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length);
    return norms[i] === 0 ? null : part.map((value) => (value - mean) / deviation);
  });
  return normalised.map((a, i) => {
    let nearest = Infinity;
    normalised.forEach((b, j) => {
      if (Math.abs(i - j) <= Math.ceil(length / 4)) return;
      if (!a || !b) nearest = Math.min(nearest, a === b ? 0 : Math.sqrt(length));
      else {
        let squares = 0;
        for (let k = 0; k < length; k++) squares += (a[k] - b[k]) ** 2;
        nearest = Math.min(nearest, Math.sqrt(squares));
      }
    });
    return nearest;
  });
}
