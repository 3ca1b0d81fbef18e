/** What sort of anomaly a row would be. */
export type AnomalyKind = 'spike' | 'level_shift' | 'novel_value' | 'pattern';

/** What the detector says of one row, from that row and those before it. */
export interface Verdict {
  /** 0 to 1. Above one half only where the row is the strangest of its neighbourhood: see thresholds.ts. */
  readonly score: number;
  /** The range expected of the row, from before it was seen. */
  readonly low: number;
  readonly high: number;
  readonly kind: AnomalyKind;
}
