import type { Measurement } from '@techze/contracts';
import type { Contributor } from '../models/segments/index.js';
import { advance } from './anomaly-change.js';
import type { AnomalyRow } from './anomaly.entity.js';
import { refutationsInForce, thresholdFor, type Judgement } from './feedback.js';
import { seriesKey, type SeriesName } from './series-name.js';
import { baseThresholds, unheard, type SeriesState, type SeriesWatch } from './series-watch.js';
import type { DetectedRow } from './strange-row.js';

/** At most so many of what was strange along with an anomaly are named. */
const CONTRIBUTORS = 5;

/** A diagnostic as its device's series see it. */
export interface DiagnosticSamples {
  readonly diagnosticId: string;
  readonly at: number;
  readonly measurements: readonly Measurement[];
}

/** What a diagnostic came to. */
export interface ScoredDiagnostic {
  readonly diagnosticId: string;
  readonly at: number;
  readonly samples: number;
  /** Those of watched metrics that were news. */
  readonly scored: number;
  readonly anomalous: number;
}

/** What a series without a sample is known by. */
export type QuietState = Pick<SeriesState, 'lastAt' | 'heardMs' | 'silence'>;

/** Everything that is known of a device, as the database has it. */
export interface KnownDevice {
  readonly tenantId: string;
  readonly deviceId: string;
  /** When the newest scored diagnostic was seen. */
  readonly newestAt: number | undefined;
  readonly watches: ReadonlyMap<string, SeriesWatch>;
  /** Series that none of the diagnostics to come may tell of. */
  readonly quiet: ReadonlyMap<string, SeriesName & QuietState>;
  readonly open: readonly AnomalyRow[];
  readonly judgements: readonly (SeriesName & Judgement)[];
}

/** A series, and what a detector says of it. */
export interface SeriesRow extends SeriesName {
  readonly row: DetectedRow;
}

/**
 * Judges the diagnostics of one device in the order of its clock, and keeps what has to be written: states that moved,
 * anomalies that began or changed. Pure but for the ids of new anomalies.
 */
export class DeviceWatch {
  /** Series of which there was a sample. */
  readonly moved = new Map<string, SeriesName & { readonly watch: SeriesWatch }>();
  /** Series that were waited for in vain, with how long. */
  readonly waited = new Map<string, SeriesName & { readonly heardMs: number }>();
  /** As they are now, by id; those that changed. */
  readonly changed = new Map<string, AnomalyRow>();
  /** Anomalies that began: each is told of once. */
  readonly begun = new Set<string>();
  private readonly open: Map<string, AnomalyRow>;
  private readonly judgements: ReadonlyMap<string, (SeriesName & Judgement)[]>;
  private newestAt: number | undefined;

  constructor(
    private readonly known: KnownDevice,
    private readonly now: Date,
  ) {
    this.newestAt = known.newestAt;
    this.open = new Map(known.open.map((row) => [openKey(row, row.detector), row]));
    this.judgements = bySeries(known.judgements);
  }

  /** The next diagnostic. Samples that are no news to their series are counted and no more. */
  take({ diagnosticId, at, measurements }: DiagnosticSamples): ScoredDiagnostic {
    let scored = 0;
    const rows: SeriesRow[] = [];
    const told = new Set<string>();
    for (const { metric, instance, value } of measurements) {
      const key = seriesKey({ metric, instance });
      told.add(key);
      const watch = this.known.watches.get(key);
      if (!watch?.isNews(at)) continue;
      this.moved.set(key, { metric, instance, watch });
      scored += 1;
      for (const row of watch.observe(at, value)) rows.push({ metric, instance, row });
    }
    if (this.newestAt !== undefined && at > this.newestAt) rows.push(...this.wait(told, at, at - this.newestAt));
    this.newestAt = Math.max(at, this.newestAt ?? at);
    const strange = this.judge(rows, diagnosticId);
    const anomalous = new Set(strange.filter(({ row }) => row.kind !== 'missing').map(seriesKey)).size;
    return { diagnosticId, at, samples: measurements.length, scored, anomalous };
  }

  /**
   * Judges rows of one diagnostic, and notes what comes of them.
   * @returns those that are strange
   */
  judge(rows: readonly SeriesRow[], diagnosticId: string): SeriesRow[] {
    const judged = rows.map(({ metric, instance, row }) => {
      const base = baseThresholds[row.detector];
      const threshold = row.score < base ? base : this.thresholdOf({ metric, instance }, row, base);
      return { metric, instance, row: row.score >= threshold ? row : { ...row, score: 0 }, threshold };
    });
    const strange = judged.filter(({ row }) => row.score > 0);
    for (const { metric, instance, row, threshold } of judged) {
      const key = openKey({ metric, instance }, row.detector);
      const open = this.open.get(key);
      if (row.score === 0 && !open) continue;
      const after = advance(open, row, baseThresholds[row.detector], {
        ...this.known,
        ...{ diagnosticId, metric, instance, threshold, now: this.now },
        contributors: row.score > 0 ? contributorsOf({ metric, instance, row }, strange) : [],
      });
      if (after) this.note(key, open, after);
    }
    return strange;
  }

  /** Parts come and go, which their device tells; a sensor of the machine itself does not. */
  private wait(told: ReadonlySet<string>, at: number, gapMs: number): SeriesRow[] {
    return [...this.known.quiet].flatMap(([key, series]) => {
      const { metric, instance } = series;
      if (told.has(key) || this.moved.has(key) || instance !== '') return [];
      const heard = unheard({ ...series, heardMs: this.waited.get(key)?.heardMs ?? series.heardMs }, at, gapMs);
      if (!heard) return [];
      this.waited.set(key, { metric, instance, heardMs: heard.heardMs });
      return [{ metric, instance, row: heard.row }];
    });
  }

  private thresholdOf(series: SeriesName, row: DetectedRow, base: number): number {
    return thresholdFor(row, base, refutationsInForce(this.judgements.get(seriesKey(series)) ?? [], row.at));
  }

  private note(key: string, before: AnomalyRow | undefined, after: AnomalyRow): void {
    if (!before) this.begun.add(after.id);
    this.changed.set(after.id, after);
    if (after.state === 'open') this.open.set(key, after);
    else this.open.delete(key);
  }
}

function bySeries<Of extends SeriesName>(all: readonly Of[]): Map<string, Of[]> {
  const groups = new Map<string, Of[]>();
  for (const one of all) groups.set(seriesKey(one), [...(groups.get(seriesKey(one)) ?? []), one]);
  return groups;
}

function openKey(series: SeriesName, detector: string): string {
  return `${detector} ${seriesKey(series)}`;
}

/** By score, by metric, the greatest first; its own among them, whatever else there is. */
function contributorsOf(own: SeriesRow, strange: readonly SeriesRow[]): Contributor[] {
  const scores = new Map([[own.metric, own.row.score]]);
  const others = strange.filter(({ metric }) => metric !== own.metric).toSorted((a, b) => b.row.score - a.row.score);
  for (const { metric, row } of others)
    if (scores.size < CONTRIBUTORS && !scores.has(metric)) scores.set(metric, row.score);
  const sum = [...scores.values()].reduce((a, b) => a + b, 0);
  return [...scores]
    .map(([metric, score]) => ({ metric, share: score / sum }))
    .sort((a, b) => b.share - a.share || (a.metric < b.metric ? -1 : 1));
}
