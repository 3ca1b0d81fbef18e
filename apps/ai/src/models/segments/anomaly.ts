import type { AnomalyKind } from '../univariate/index.js';

export type AnomalySeverity = 'info' | 'warning' | 'critical';

/** The last two are of detectors of their own (models/silence, models/drift). */
export type SegmentKind = AnomalyKind | 'flatline' | 'drift';

/** What share of the score a metric has; the shares of a row add up to 1. */
export interface Contributor {
  readonly metric: string;
  readonly share: number;
}

/** A row as a detector scored it. */
export interface ScoredRow {
  readonly at: number;
  readonly score: number;
  readonly kind: SegmentKind;
  /** Of one metric; a row of many has none. */
  readonly expected: { readonly low: number; readonly high: number } | null;
  readonly contributors: readonly Contributor[];
}

/** Rows that are strange together. Kind, expectation and contributors are those of the strangest of them. */
export interface Anomaly {
  /** Milliseconds since 1970, as are `end` and `peak_at`. */
  readonly start: number;
  readonly end: number;
  readonly peak_at: number;
  readonly score: number;
  readonly severity: AnomalySeverity;
  readonly kind: SegmentKind;
  readonly expected: { readonly low: number; readonly high: number } | null;
  readonly contributors: readonly Contributor[];
}
