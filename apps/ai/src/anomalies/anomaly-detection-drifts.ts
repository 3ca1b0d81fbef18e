import { driftOf } from '../models/drift/index.js';
import type { Anomaly } from '../models/segments/index.js';
import type { Rows } from '../models/series/index.js';
import { severityOf } from './anomaly-detection-severity.js';

/** Columns that creep away from their own past. It takes days of rows, so only what one request brings is looked at. */
export function driftsIn({ at, columns, stepMs }: Rows, metrics: readonly string[]): Anomaly[] {
  const end = at.at(-1) ?? 0;
  return columns.flatMap((values, index) => {
    const drift = driftOf({ at, values, stepMs });
    if (!drift) return [];
    const { since: start, score, from } = drift;
    const contributors = [{ metric: metrics[index] ?? 'value', share: 1 }];
    const expected = { low: from, high: from };
    return [{ start, end, peak_at: end, score, severity: severityOf(score), kind: 'drift', expected, contributors }];
  });
}
