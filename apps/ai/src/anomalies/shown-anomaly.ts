import type { DeviceAnomaly } from '@techze/contracts';
import type { AnomalyRow } from './anomaly.entity.js';
import { watchedMetric } from './watched-metrics.js';

/** A row as the API shows it. */
export function toDeviceAnomaly(row: AnomalyRow): DeviceAnomaly {
  return {
    id: row.id,
    device_id: row.device_id,
    diagnostic_id: row.peak_diagnostic_id,
    metric: row.metric,
    instance: row.instance === '' ? null : row.instance,
    reading: watchedMetric(row.metric)?.reading ?? 'value',
    kind: row.kind,
    severity: row.severity,
    state: row.state,
    score: row.score,
    threshold: row.threshold,
    value: row.value,
    expected: expectedOf(row),
    contributors: [...row.contributors],
    start: row.start_at.toISOString(),
    end: row.end_at.toISOString(),
    peak_at: row.peak_at.toISOString(),
    samples: row.samples,
    feedback:
      row.verdict && row.verdict_at
        ? { verdict: row.verdict, by: row.verdict_by ?? '', at: row.verdict_at.toISOString() }
        : null,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

export function expectedOf({ expected_low: low, expected_high: high }: AnomalyRow): DeviceAnomaly['expected'] {
  return low === null || high === null ? null : { low, high };
}
