import { Injectable } from '@nestjs/common';
import { HEAD_COLUMNS, moment, RECORD_COLUMNS, type SealedRecord, type SignedHead } from '@techze/audit';
import type { AuditEvent, AuditFilters } from '@techze/contracts';
import type { PagePosition } from '@techze/paging';
import type { EntityManager } from 'typeorm';

/** One place of the trail. Of a record that is gone, or that the filters leave out, only the seal is there. */
export interface TrailRow {
  readonly sequence: number;
  readonly batch: number;
  readonly leaf: string;
  readonly record: SealedRecord | null;
}

/** The places of a trail from one to another, both included. */
export interface TrailRange {
  readonly from: number;
  readonly to: number;
}

/** Records without a place. */
export interface Unsealed {
  readonly waiting: number;
  readonly forgotten: number;
  readonly oldest: string | null;
}

/** The SQL of reading the audit trail. */
@Injectable()
export class AuditTrailRepository {
  list(
    manager: EntityManager,
    tenantId: string,
    { filters, after, limit }: { filters: AuditFilters; after: PagePosition | undefined; limit: number },
  ): Promise<AuditEvent[]> {
    const values: unknown[] = [tenantId];
    const conditions = filtering(filters, values);
    if (after) {
      const at = values.push(after.createdAt, after.id);
      conditions.push(`(e.timestamp, e.id) < ($${at - 1}::timestamptz, $${at})`);
    }
    return manager.query<AuditEvent[]>(
      `SELECT s.sequence::float8 AS sequence, ${RECORD_COLUMNS}
       FROM audit_events e LEFT JOIN audit_seals s ON s.tenant_id = e.tenant_id AND s.event_id = e.id AND s.tenant_id = $1
       WHERE ${['e.tenant_id = $1', ...conditions].join(' AND ')}
       ORDER BY e.timestamp DESC, e.id DESC LIMIT ${limit}`,
      values,
    );
  }

  async find(manager: EntityManager, tenantId: string, id: string): Promise<AuditEvent | undefined> {
    const [event] = await manager.query<AuditEvent[]>(
      `SELECT s.sequence::float8 AS sequence, ${RECORD_COLUMNS}
       FROM audit_events e LEFT JOIN audit_seals s ON s.tenant_id = e.tenant_id AND s.event_id = e.id AND s.tenant_id = $1
       WHERE e.tenant_id = $1 AND e.id = $2`,
      [tenantId, id],
    );
    return event;
  }

  /** The head that signs for a place. */
  async headOver(manager: EntityManager, tenantId: string, sequence: number): Promise<SignedHead | undefined> {
    const [head] = await manager.query<SignedHead[]>(
      `SELECT ${HEAD_COLUMNS} FROM audit_heads h WHERE h.tenant_id = $1 AND h.from_sequence <= $2
       ORDER BY h.from_sequence DESC LIMIT 1`,
      [tenantId, sequence],
    );
    return head;
  }

  async head(manager: EntityManager, tenantId: string, batch: number): Promise<SignedHead | undefined> {
    const [head] = await manager.query<SignedHead[]>(
      `SELECT ${HEAD_COLUMNS} FROM audit_heads h WHERE h.tenant_id = $1 AND h.batch = $2`,
      [tenantId, batch],
    );
    return head;
  }

  /** The last place that anybody sealed; 0 before the first. */
  async lastSequence(manager: EntityManager, tenantId: string): Promise<number> {
    const [last] = await manager.query<{ sequence: number }[]>(
      `SELECT greatest(
         (SELECT max(to_sequence) FROM audit_heads WHERE tenant_id = $1),
         (SELECT max(sequence) FROM audit_seals WHERE tenant_id = $1), 0)::float8 AS sequence`,
      [tenantId],
    );
    return last?.sequence ?? 0;
  }

  /** From the first batch that holds what the filters name to the last; undefined when none does. */
  async rangeOf(manager: EntityManager, tenantId: string, filters: AuditFilters): Promise<TrailRange | undefined> {
    const values: unknown[] = [tenantId];
    const conditions = ['e.tenant_id = $1', ...filtering(filters, values)].join(' AND ');
    const [range] = await manager.query<{ from: number | null; to: number | null }[]>(
      `WITH chosen AS (
         SELECT min(s.sequence) AS first, max(s.sequence) AS last
         FROM audit_events e JOIN audit_seals s ON s.tenant_id = e.tenant_id AND s.event_id = e.id AND s.tenant_id = $1
         WHERE ${conditions})
       SELECT
         (SELECT max(from_sequence) FROM audit_heads, chosen WHERE tenant_id = $1 AND from_sequence <= first)::float8 AS from,
         (SELECT min(to_sequence) FROM audit_heads, chosen WHERE tenant_id = $1 AND to_sequence >= last)::float8 AS to`,
      values,
    );
    return range && range.from !== null && range.to !== null ? { from: range.from, to: range.to } : undefined;
  }

  heads(manager: EntityManager, tenantId: string, { from, to }: TrailRange): Promise<SignedHead[]> {
    return manager.query<SignedHead[]>(
      `SELECT ${HEAD_COLUMNS} FROM audit_heads h
       WHERE h.tenant_id = $1 AND h.from_sequence BETWEEN $2 AND $3 ORDER BY h.from_sequence`,
      [tenantId, from, to],
    );
  }

  async rows(
    manager: EntityManager,
    tenantId: string,
    { from, to }: TrailRange,
    filters: AuditFilters,
  ): Promise<TrailRow[]> {
    const values: unknown[] = [tenantId, from, to];
    const conditions = ['e.tenant_id = s.tenant_id', 'e.id = s.event_id', 'e.tenant_id = $1'];
    const found = await manager.query<(SealedRecord & { batch: number; leaf: string; id: string | null })[]>(
      `SELECT s.sequence::float8 AS sequence, s.batch::float8 AS batch, encode(s.leaf, 'hex') AS leaf, ${RECORD_COLUMNS}
       FROM audit_seals s LEFT JOIN audit_events e ON ${[...conditions, ...filtering(filters, values)].join(' AND ')}
       WHERE s.tenant_id = $1 AND s.sequence BETWEEN $2 AND $3 ORDER BY s.sequence`,
      values,
    );
    return found.map(({ batch, leaf, ...record }) => {
      const there = (record.id as string | null) !== null;
      return { sequence: record.sequence, batch, leaf, record: there ? record : null };
    });
  }

  /**
   * Records of a stretch of time that have no place, and how many of them have waited for longer than the sealer ever takes.
   * @param from undefined: from the beginning @param to undefined: to the end
   */
  async unsealed(
    manager: EntityManager,
    tenantId: string,
    { from, to }: { from: string | undefined; to: string | undefined },
    patienceSeconds: number,
  ): Promise<Unsealed> {
    const [waiting] = await manager.query<Unsealed[]>(
      `SELECT count(*)::int AS waiting, ${moment('min(e.timestamp)')} AS oldest,
         (count(*) FILTER (WHERE e.timestamp < now() - make_interval(secs => $2)))::int AS forgotten
       FROM audit_events e
       WHERE e.tenant_id = $1 AND e.timestamp > coalesce($3::timestamptz, '-infinity')
         AND e.timestamp <= coalesce($4::timestamptz, 'infinity')
         AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = $1 AND s.event_id = e.id)`,
      [tenantId, patienceSeconds, from, to],
    );
    return waiting ?? { waiting: 0, forgotten: 0, oldest: null };
  }
}

/** @param values gets the filters' values; the conditions name their places in it */
function filtering({ actor, type, resource, from, to }: AuditFilters, values: unknown[]): string[] {
  const condition = (value: string | undefined, sql: (place: string) => string) =>
    value === undefined ? [] : [sql(`$${values.push(value)}`)];
  return [
    ...condition(actor, (place) => `e.user_id = ${place}`),
    ...condition(type, (place) => `e.event_type = ${place}`),
    ...condition(resource, (place) => `e.resource_id = ${place}`),
    ...condition(from, (place) => `e.timestamp >= ${place}::timestamptz`),
    ...condition(to, (place) => `e.timestamp < ${place}::timestamptz`),
  ];
}
