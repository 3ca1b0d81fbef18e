import { newId } from '@techze/contracts';
import { Segmenter, type Contributor, type OpenSegment, type SegmentKind } from '../models/segments/index.js';
import type { AnomalyRow } from './anomaly.entity.js';
import type { DetectedRow } from './strange-row.js';

/** Where a row was seen. */
export interface RowOrigin {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly diagnosticId: string;
  readonly metric: string;
  readonly instance: string;
  /** By which the row was judged. */
  readonly threshold: number;
  /** What was strange along with it. */
  readonly contributors: readonly Contributor[];
  readonly now: Date;
}

/**
 * What a row makes of the open anomaly of its series and detector: it begins one, lengthens it, lets it rest or ends it.
 * @param baseThreshold which a segment is judged by; a row that was not strange has a score below it
 * @returns undefined where there is none and none began
 */
export function advance(
  open: AnomalyRow | undefined,
  row: DetectedRow,
  baseThreshold: number,
  origin: RowOrigin,
): AnomalyRow | undefined {
  const segmenter = new Segmenter(baseThreshold, open ? segmentOf(open) : null);
  const { at, score, expected } = row;
  // Carried along untouched: a segment does not care what sort of strange its rows are.
  const kind = row.kind as SegmentKind;
  const segment = segmenter.observe({ at, score, kind, expected, contributors: origin.contributors });
  if (!segment) {
    if (!open) return undefined;
    if (segmenter.open) return { ...open, quiet: segmenter.open.quiet };
    return { ...open, state: 'closed', version: open.version + 1, updated_at: origin.now };
  }
  const isPeak = segment.peak_at === row.at;
  const row_at = new Date(row.at);
  const lengthened = { end_at: row_at, quiet: 0, samples: (open?.samples ?? 0) + 1, updated_at: origin.now };
  const peak = {
    peak_diagnostic_id: origin.diagnosticId,
    kind: row.kind,
    severity: segment.severity,
    score: row.score,
    threshold: origin.threshold,
    value: row.value,
    expected_low: row.expected?.low ?? null,
    expected_high: row.expected?.high ?? null,
    size: row.size,
    side: row.side,
    contributors: origin.contributors,
    peak_at: row_at,
  };
  if (open) return { ...open, ...lengthened, ...(isPeak && peak), version: open.version + 1 };
  return {
    tenant_id: origin.tenantId,
    id: newId('anm'),
    device_id: origin.deviceId,
    metric: origin.metric,
    instance: origin.instance,
    detector: row.detector,
    state: 'open',
    ...lengthened,
    ...peak,
    start_at: row_at,
    verdict: null,
    verdict_by: null,
    verdict_at: null,
    version: 1,
    created_at: origin.now,
  };
}

function segmentOf(row: AnomalyRow): OpenSegment {
  const { expected_low: low, expected_high: high } = row;
  return {
    quiet: row.quiet,
    anomaly: {
      start: row.start_at.getTime(),
      end: row.end_at.getTime(),
      peak_at: row.peak_at.getTime(),
      score: row.score,
      severity: row.severity,
      kind: row.kind as SegmentKind,
      expected: low === null || high === null ? null : { low, high },
      contributors: row.contributors,
    },
  };
}
