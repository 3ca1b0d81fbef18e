import type { Anomaly, AnomalySeverity, ScoredRow } from './anomaly.js';

/**
 * Rows that may lie between two strange ones of one anomaly. A detector scores the records of a neighbourhood (see
 * univariate/), so an incident that grows is a few rows above the threshold with some below between them.
 */
const QUIET_ROWS = 12;

/** What a stream keeps between two calls: plain data, to be stored as JSON. */
export interface OpenSegment {
  readonly anomaly: Anomaly;
  /** Rows below the threshold since the last one above it. */
  readonly quiet: number;
}

/** Puts rows above a threshold together, one row at a time. */
export class Segmenter {
  private current: OpenSegment | null;

  constructor(
    private readonly threshold: number,
    open: OpenSegment | null = null,
  ) {
    this.current = open;
  }

  /** The anomaly that later rows may still lengthen. */
  get open(): OpenSegment | null {
    return this.current;
  }

  /** The anomaly the row belongs to, as it is by now (its `start` says which), or null where the row is not strange. */
  observe(row: ScoredRow): Anomaly | null {
    if (row.score < this.threshold) {
      const quiet = (this.current?.quiet ?? 0) + 1;
      this.current = this.current && quiet <= QUIET_ROWS ? { ...this.current, quiet } : null;
      return null;
    }
    const anomaly = this.current ? this.lengthened(this.current.anomaly, row) : this.begun(row);
    this.current = { anomaly, quiet: 0 };
    return anomaly;
  }

  private begun({ at, score, kind, expected, contributors }: ScoredRow): Anomaly {
    const severity = severityOf(score, this.threshold);
    return { start: at, end: at, peak_at: at, score, severity, kind, expected, contributors };
  }

  private lengthened(anomaly: Anomaly, row: ScoredRow): Anomaly {
    const { start } = anomaly;
    return row.score > anomaly.score ? { ...this.begun(row), start } : { ...anomaly, end: row.at };
  }
}

/** The anomalies of rows in order of time. */
export function segmentsOf(rows: Iterable<ScoredRow>, threshold: number): Anomaly[] {
  const segmenter = new Segmenter(threshold);
  const byStart = new Map<number, Anomaly>();
  for (const row of rows) {
    const anomaly = segmenter.observe(row);
    if (anomaly) byStart.set(anomaly.start, anomaly);
  }
  return [...byStart.values()];
}

/** By how much of the way from the threshold to certainty the score went: thirds. */
function severityOf(score: number, threshold: number): AnomalySeverity {
  const way = (score - threshold) / (1 - threshold);
  if (way < 1 / 3) return 'info';
  return way < 2 / 3 ? 'warning' : 'critical';
}
