import type { DeviceFinding } from '@techze/contracts';
import type { FindingRow } from './finding.entity.js';
import { trendOf } from './life/index.js';

/** A row as the API shows it. */
export function toDeviceFinding(row: FindingRow): DeviceFinding {
  return {
    id: row.id,
    device_id: row.device_id,
    key: row.key,
    instance: row.instance,
    category: row.category,
    code: row.code,
    severity: row.severity,
    title: row.title,
    evidence: row.evidence,
    points: row.points,
    state: row.state,
    first_seen: row.first_seen.toISOString(),
    last_seen: row.last_seen.toISOString(),
    occurrences: row.occurrences,
    trend: trendOf(row.code, row.samples),
    acknowledgement: row.acknowledgement,
    opened_at: row.opened_at?.toISOString() ?? null,
    resolved_at: (row.state === 'resolved' ? row.resolved_at?.toISOString() : undefined) ?? null,
    flapping: row.flapping,
    suppressed_by: row.suppressed_by,
    version: row.version,
    updated_at: row.updated_at.toISOString(),
  };
}
