import type { AnomalyKind } from '@techze/contracts';

/** What looks at a series. Each has at most one open anomaly in it. */
export type Detector = 'value' | 'silence' | 'drift' | 'peers';

/** What a detector says of a series at one moment; a score below its threshold says that nothing is strange. */
export interface DetectedRow {
  readonly detector: Detector;
  readonly at: number;
  readonly kind: AnomalyKind;
  readonly score: number;
  readonly value: number | null;
  readonly expected: { readonly low: number; readonly high: number } | null;
  /** How far out it is: beyond what was expected, or for how long it is silent. People's verdicts are compared by it. */
  readonly size: number;
  /** On which side; 0 where there is none. */
  readonly side: -1 | 0 | 1;
}
