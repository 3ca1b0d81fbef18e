import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DiagnosticSectionRow } from './diagnostic-section.entity.js';
import type { DiagnosticRow } from './diagnostic.entity.js';

const KEY = ['tenant_id', 'id'] as const satisfies (keyof DiagnosticRow)[];
/** What a diagnostic has from its beginning, requested or not. */
const ORIGIN = ['device_id', 'created_at', 'requested_by'] as const satisfies (keyof DiagnosticRow)[];
const REST = [
  'type',
  'status',
  'partial',
  'collected_at',
  'received_at',
  'seen_at',
  'clock_skew_ms',
  'duration_ms',
  'schema_version',
  'scoring_version',
  'agent',
  'score',
  'band',
  'coverage',
  'health',
  'findings',
  'severities',
  'notes',
  'tags',
  'expires_at',
  'version',
  'updated_at',
  'readings',
] as const satisfies (keyof DiagnosticRow)[];
const JSON_COLUMNS = new Set<keyof DiagnosticRow>(['agent', 'health', 'findings', 'readings']);
const SECTION = [
  'name',
  'status',
  'collected_ms',
  'data',
  'error',
  'note',
] as const satisfies (keyof DiagnosticSectionRow)[];

/**
 * Diagnostics and their evidence, written. Plain statements, each sent as soon as it is called: several may be under way
 * at once on one connection, and are done in the order of the calls.
 */
@Injectable()
export class DiagnosticWrites {
  async insert(manager: EntityManager, row: DiagnosticRow): Promise<void> {
    const columns = [...KEY, ...ORIGIN, ...REST];
    await manager.query(
      `insert into diagnostics (${columns.join(', ')}) values (${places(columns.length)})`,
      parameters(row, columns),
    );
  }

  /** A diagnostic that was requested gets its evidence: all of the row but what it has from its beginning. */
  async fulfil(manager: EntityManager, row: DiagnosticRow): Promise<void> {
    const changes = REST.map((column, index) => `${column} = $${index + KEY.length + 1}`);
    await manager.query(
      `update diagnostics set ${changes.join(', ')} where tenant_id = $1 and id = $2`,
      parameters(row, [...KEY, ...REST]),
    );
  }

  /** The tags of a row that is there, as lists look for them; those that are known already stay. */
  async addTags(manager: EntityManager, { tenant_id, id, tags }: DiagnosticRow): Promise<void> {
    if (tags.length === 0) return;
    await manager.query(
      `insert into diagnostic_tags (tenant_id, diagnostic_id, device_id, created_at, tag)
       select d.tenant_id, d.id, d.device_id, d.created_at, tag from diagnostics d, unnest($3::text[]) as tag
       where d.tenant_id = $1 and d.id = $2 on conflict do nothing`,
      [tenant_id, id, tags],
    );
  }

  /** What people may change. */
  async edit(manager: EntityManager, row: DiagnosticRow): Promise<void> {
    const update = manager.query(
      `update diagnostics set notes = $3, tags = $4, status = $5, version = $6, updated_at = $7
       where tenant_id = $1 and id = $2`,
      [row.tenant_id, row.id, row.notes, row.tags, row.status, row.version, row.updated_at],
    );
    const untag = manager.query(
      'delete from diagnostic_tags where tenant_id = $1 and diagnostic_id = $2 and tag <> all($3)',
      [row.tenant_id, row.id, row.tags],
    );
    await Promise.all([update, untag, this.addTags(manager, row)]);
  }

  async insertSections(manager: EntityManager, rows: readonly DiagnosticSectionRow[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const tuples = rows.map((_row, index) => `($1, $2, ${places(SECTION.length, 2 + index * SECTION.length)})`);
    await manager.query(
      `insert into diagnostic_sections (tenant_id, diagnostic_id, ${SECTION.join(', ')}) values ${tuples.join(', ')}`,
      [
        first.tenant_id,
        first.diagnostic_id,
        ...rows.flatMap((row) => SECTION.map((column) => (column === 'data' ? json(row.data) : row[column]))),
      ],
    );
  }

  /** With its sections, and with the pointers to it from its device and its findings. */
  async remove(manager: EntityManager, tenantId: string, id: string): Promise<void> {
    await manager.query('delete from diagnostics where tenant_id = $1 and id = $2', [tenantId, id]);
  }

  /** Ends requested diagnostics whose time is over; those that somebody is fulfilling right now are passed over. */
  async expire(manager: EntityManager, tenantId: string, limit: number): Promise<{ id: string; status: string }[]> {
    const [rows] = await manager.query<[{ id: string; status: string }[], number]>(
      `with overdue as (
         select id, status from diagnostics
         where tenant_id = $1 and status in ('requested', 'collecting') and expires_at <= now()
         order by expires_at limit $2 for update skip locked)
       update diagnostics set status = 'expired', version = version + 1, updated_at = now()
       from overdue where diagnostics.tenant_id = $1 and diagnostics.id = overdue.id
       returning diagnostics.id, overdue.status`,
      [tenantId, limit],
    );
    return rows;
  }

  /** Tenants in which such are waiting for it. As the worker across tenants. */
  async tenantsWithOverdue(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ tenant_id: string }[]>(
      `select distinct tenant_id from diagnostics where status in ('requested', 'collecting') and expires_at <= now()`,
    );
    return rows.map(({ tenant_id }) => tenant_id);
  }
}

function places(count: number, after = 0): string {
  return Array.from({ length: count }, (_place, index) => `$${after + index + 1}`).join(', ');
}

function parameters(row: DiagnosticRow, columns: readonly (keyof DiagnosticRow)[]): unknown[] {
  return columns.map((column) => (JSON_COLUMNS.has(column) ? json(row[column]) : row[column]));
}

/** As text: the driver would take a list for an array of the database. */
function json(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}
