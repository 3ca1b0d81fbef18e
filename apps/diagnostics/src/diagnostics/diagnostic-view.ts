import type { Diagnostic, DiagnosticInclude, StoredSection } from '@techze/contracts';
import type { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import type { DiagnosticRow } from './diagnostic.entity.js';

/** A row as the API shows it. */
export function toDiagnostic(row: DiagnosticRow, include: readonly DiagnosticInclude[]): Diagnostic {
  return {
    id: row.id,
    device_id: row.device_id,
    type: row.type,
    status: row.status,
    partial: row.partial,
    collected_at: row.collected_at?.toISOString() ?? null,
    received_at: row.received_at?.toISOString() ?? null,
    clock_skew_ms: row.clock_skew_ms,
    expires_at: row.expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    duration_ms: row.duration_ms,
    schema_version: row.schema_version,
    scoring_version: row.scoring_version,
    agent: row.agent,
    health: row.health,
    ...(include.includes('findings') && { findings: row.findings ?? [] }),
    notes: row.notes,
    tags: row.tags,
    version: row.version,
  };
}

export function toStoredSection({ status, collected_ms, data, error, note }: DiagnosticSectionRow): StoredSection {
  return {
    status,
    ...(collected_ms !== null && { collected_ms }),
    ...(error !== null && { error }),
    ...(note !== null && { note }),
    ...(data && { data: data as Record<string, unknown> }),
  };
}
