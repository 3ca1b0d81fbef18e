import { advance } from './anomaly-change.js';
import type { AnomalyRow } from './anomaly.entity.js';
import { thresholdFor, type Judgement } from './feedback.js';
import { baseThresholds } from './series-watch.js';
import type { DetectedRow } from './strange-row.js';

/** Nobody's: what is replayed is never written. */
const ORIGIN = {
  tenantId: '',
  deviceId: '',
  diagnosticId: '',
  metric: '',
  instance: '',
  contributors: [],
  now: new Date(0),
};

/** What one setting would have made of the past rows of a series, told through the same steps as when they come in. */
export class Replay {
  private readonly open = new Map<string, AnomalyRow>();
  private readonly found = new Map<string, AnomalyRow>();

  /**
   * @param threshold of the univariate detector; the others have but one
   * @param refutations that are in force today
   */
  constructor(
    private readonly threshold: number,
    private readonly refutations: readonly Judgement[],
    private readonly nowMs: number,
  ) {}

  /** What it fired, the oldest first. */
  get fired(): AnomalyRow[] {
    return [...this.found.values()];
  }

  take(row: DetectedRow): void {
    const base = row.detector === 'value' ? this.threshold : baseThresholds[row.detector];
    const threshold = thresholdFor({ ...row, at: this.nowMs }, base, this.refutations);
    const judged = row.score >= threshold ? row : { ...row, score: 0 };
    const open = this.open.get(row.detector);
    if (judged.score === 0 && !open) return;
    const after = advance(open, judged, base, { ...ORIGIN, threshold });
    if (!after) return;
    this.found.set(after.id, after);
    if (after.state === 'open') this.open.set(row.detector, after);
    else this.open.delete(row.detector);
  }
}
