import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import type { SignedHead } from '../trail/batch-head.js';
import type { SealedRecord } from '../trail/sealed-record.js';
import { HEAD_COLUMNS, moment, RECORD_COLUMNS } from '../trail-sql.js';

/** A record that has no place yet. */
export type UnsealedRecord = Omit<SealedRecord, 'sequence'>;

/** What a tenant's next batch is made of. */
export interface NextBatch {
  readonly records: readonly UnsealedRecord[];
  readonly last: SignedHead | null;
  readonly now: string;
}

/** The sealer's SQL: across tenants it learns only whose records wait; the rest it does inside one tenant. */
@Injectable()
export class AuditSealsRepository {
  constructor(private readonly database: Database) {}

  /** Tenants with records that wait for a seal; asked of the primary, which alone knows the newest. */
  async waitingTenants(): Promise<string[]> {
    const worker = this.database.as({ role: 'worker', claims: { worker: 'audit-sealer' } });
    const rows = await worker.write((manager) => manager.query<{ tenant_id: string }[]>(WAITING_TENANTS));
    return rows.map(({ tenant_id }) => tenant_id);
  }

  /** A transaction in which nobody else seals for that tenant; undefined when somebody else is at it. */
  exclusively<T>(tenantId: string, work: (manager: EntityManager) => Promise<T>): Promise<T | undefined> {
    const inside = this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'worker' } });
    return inside.write(async (manager) => {
      const [lock] = await manager.query<{ mine: boolean }[]>(TRY_LOCK, [tenantId]);
      return lock?.mine ? work(manager) : undefined;
    });
  }

  /**
   * In statements of their own, behind the lock: they see what its last holder committed.
   * @param after the last record of the batch before: what lies in front of it is gone, and need not be looked through
   */
  async nextBatch(
    manager: EntityManager,
    tenantId: string,
    after: string,
    limit: number,
  ): Promise<NextBatch | undefined> {
    const records = await manager.query<UnsealedRecord[]>(UNSEALED, [tenantId, after, limit]);
    if (records.length === 0) return undefined;
    const [state] = await manager.query<[SignedHead & { now: string }]>(LAST_HEAD, [tenantId]);
    return { records, last: state.batch === null ? null : state, now: state.now };
  }

  async store(manager: EntityManager, head: SignedHead, ids: readonly string[], leaves: readonly Buffer[]) {
    const { tenant_id, batch, from_sequence, to_sequence, root, previous, sealed_at, key_id, signature } = head;
    const [, sealed] = await manager.query<[unknown[], number]>(STORE, [
      tenant_id,
      batch,
      from_sequence,
      to_sequence,
      root,
      previous,
      sealed_at,
      key_id,
      signature,
      ids,
      leaves.map((leaf) => leaf.toString('hex')),
    ]);
    assert.equal(sealed, ids.length, 'records that waited for a seal are gone');
  }
}

// From one tenant to the next by the index, however many records each has waiting.
const WAITING_TENANTS = `
  WITH RECURSIVE waiting AS (
    (SELECT tenant_id FROM audit_unsealed ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT u.tenant_id FROM audit_unsealed u WHERE u.tenant_id > waiting.tenant_id ORDER BY u.tenant_id LIMIT 1)
    FROM waiting WHERE tenant_id IS NOT NULL)
  SELECT tenant_id FROM waiting WHERE tenant_id IS NOT NULL`;
const TRY_LOCK = `SELECT pg_try_advisory_xact_lock(hashtextextended('audit-seal ' || $1, 0)) AS mine`;
const UNSEALED = `
  SELECT ${RECORD_COLUMNS} FROM audit_unsealed u
  JOIN audit_events e ON e.tenant_id = u.tenant_id AND e.id = u.event_id AND e.timestamp = u.recorded_at AND e.tenant_id = $1
  WHERE u.tenant_id = $1 AND u.event_id > $2 ORDER BY u.event_id LIMIT $3`;
const LAST_HEAD = `
  SELECT ${HEAD_COLUMNS}, ${moment('clock_timestamp()')} AS now
  FROM (SELECT) always LEFT JOIN LATERAL
    (SELECT * FROM audit_heads WHERE tenant_id = $1 ORDER BY batch DESC LIMIT 1) h ON true`;
const STORE = `
  WITH head AS (
    INSERT INTO audit_heads
      (tenant_id, batch, from_sequence, to_sequence, root, previous, sealed_at, key_id, signature)
    VALUES ($1, $2, $3, $4, decode($5, 'hex'), decode($6, 'hex'), $7, $8, decode($9, 'hex'))
  ), seals AS (
    INSERT INTO audit_seals (tenant_id, sequence, event_id, batch, leaf, sealed_at)
    SELECT $1, $3::bigint + nth - 1, event_id, $2, decode(leaf, 'hex'), $7::timestamptz
    FROM unnest($10::text[], $11::text[]) WITH ORDINALITY AS sealed (event_id, leaf, nth)
  )
  DELETE FROM audit_unsealed WHERE tenant_id = $1 AND event_id = ANY ($10::text[])`;
