import { readable, type ExportLine, type Opener } from '@techze/audit';
import type { AuditFilters } from '@techze/contracts';
import { csvLine } from './csv.js';
import type { TrailToExport } from './audit-reading.service.js';
import type { TrailBatch } from './audit-trail.js';

/** The trail in the form that `techze-audit verify` reads; a piece of text for each piece of the trail. */
export async function* asNdjson(
  tenant_id: string,
  filters: AuditFilters,
  { batches, opener }: TrailToExport,
): AsyncGenerator<string> {
  const exported_at = new Date().toISOString();
  yield ndjson([{ kind: 'export', version: 1, tenant_id, exported_at, filters: named(filters) }]);
  const whole = Object.keys(named(filters)).length === 0;
  const totals = { batches: 0, records: 0 };
  for await (const piece of batches) {
    totals.batches += piece.length;
    const lines = piece.flatMap((batch) => linesOf(batch, whole, opener));
    totals.records += lines.filter(({ kind }) => kind === 'record').length;
    yield ndjson(lines);
  }
  yield ndjson([{ kind: 'end', ...totals }]);
}

/** For spreadsheets: the records alone. */
export async function* asCsv({ batches, opener }: TrailToExport): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const piece of batches) {
    const records = piece.flatMap(({ rows }) => rows.flatMap(({ record }) => record ?? []));
    const shown = records.map((record) => ({ ...record, details: readable(record.details, opener(record)) }));
    if (shown.length > 0) yield shown.map((record) => csvLine(COLUMNS.map((name) => record[name]))).join('');
  }
}

const COLUMNS = [
  'sequence',
  'id',
  'timestamp',
  'user_id',
  'actor_type',
  'event_type',
  'resource_id',
  'ip_address',
  'user_agent',
  'success',
  'details',
  'request_id',
] as const;

/** A batch without any chosen record is its head alone; else those not chosen are there by their hashes. */
function linesOf({ head, rows }: TrailBatch, whole: boolean, opener: Opener): ExportLine[] {
  const shown = whole || rows.some(({ record }) => record !== null);
  const lines = rows.flatMap(({ sequence, leaf, record }): ExportLine[] => {
    if (record) {
      const opened = opener(record);
      return [{ kind: 'record', ...record, leaf, ...(opened !== undefined && { opened }) }];
    }
    // Of a whole trail a record that is not there is missing: the verifier is to say so.
    return whole ? [] : [{ kind: 'leaf', sequence, leaf }];
  });
  return [{ kind: 'head', ...head }, ...(shown ? lines : [])];
}

function named(filters: AuditFilters): Record<string, string> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}

function ndjson(lines: readonly ExportLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
