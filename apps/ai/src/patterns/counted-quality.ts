import type { Quality } from '../models/series/index.js';

/** Of an input that is no series: how much there was. */
export function countedQuality(n: number): Quality {
  return { n, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 0 };
}
