import type { Measurement } from '@techze/contracts';
import { cohortOutliers } from '../models/cohort-outlier/index.js';
import { driftOf } from '../models/drift/index.js';
import type { SeriesRow } from './device-watch.js';
import type { SeriesName } from './series-name.js';
import { watchedMetric } from './watched-metrics.js';

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** The medians of a series' days, the oldest first. */
export interface DailySeries extends SeriesName {
  /** Milliseconds since 1970 at which each day began. */
  readonly days: readonly number[];
  readonly levels: readonly number[];
}

/** What creeps away from its own past, and by how much; a row for each series, so that one that ceased is ended. */
export function driftRows(series: readonly DailySeries[], atMs: number): SeriesRow[] {
  return series.map(({ metric, instance, days, levels }) => {
    const drift = driftOf({ at: Float64Array.from(days), values: Float64Array.from(levels), stepMs: DAY_MS });
    const size = drift ? Math.abs(drift.to - drift.from) : 0;
    const row = {
      detector: 'drift' as const,
      at: atMs,
      kind: 'drift' as const,
      score: drift && size >= (watchedMetric(metric)?.grain ?? 0) ? drift.score : 0,
      value: drift?.to ?? null,
      expected: drift && { low: drift.from, high: drift.from },
      size,
      side: drift ? sideOf(drift.slope_per_day) : (0 as const),
    };
    return { metric, instance, row };
  });
}

/** What is unlike the newest values of devices of the same model and system; a row for each sample that has peers. */
export function peerRows(
  measurements: readonly Measurement[],
  peers: ReadonlyMap<string, readonly number[]>,
  atMs: number,
): SeriesRow[] {
  const tested = measurements.flatMap((sample) => {
    const values = watchedMetric(sample.metric)?.slow ? peers.get(sample.metric) : undefined;
    return values ? [{ ...sample, peers: Float64Array.from(values) }] : [];
  });
  const outliers = new Map(cohortOutliers(tested).map((outlier) => [outlier.index, outlier]));
  return tested.map(({ metric, instance, value }, index) => {
    const outlier = outliers.get(index);
    const off = outlier ? value - outlier.median : 0;
    const row = {
      detector: 'peers' as const,
      at: atMs,
      kind: 'cohort_outlier' as const,
      score: outlier && Math.abs(off) >= (watchedMetric(metric)?.grain ?? 0) ? outlier.score : 0,
      value,
      expected: outlier?.expected ?? null,
      size: Math.abs(off),
      side: sideOf(off),
    };
    return { metric, instance, row };
  });
}

function sideOf(direction: number): -1 | 0 | 1 {
  return direction > 0 ? 1 : direction < 0 ? -1 : 0;
}
