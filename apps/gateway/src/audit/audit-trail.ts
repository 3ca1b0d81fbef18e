import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import type { SignedHead } from '@techze/audit';
import type { AuditFilters } from '@techze/contracts';
import { Database } from '@techze/database';
import { currentContext, runInContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { AuditTrailRepository, type TrailRange, type TrailRow } from './audit-trail.repository.js';

/** A head and what is there of its records. */
export interface TrailBatch {
  readonly head: SignedHead;
  readonly rows: readonly TrailRow[];
}

/** Places read at a time: at most these and one batch more are held in memory. */
const PLACES = 1_000;
/** Of one read: reading a whole trail may take longer than a request does. */
const READ_MS = 10_000;

/** Reads a tenant's trail in pieces, each a read of its own: nothing is held open while a slow caller takes his time. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly database: Database,
    private readonly repository: AuditTrailRepository,
  ) {}

  /** Batch by batch; every head of the range, in order. */
  read(tenantId: string, range: TrailRange, filters: AuditFilters = {}): AsyncGenerator<readonly TrailBatch[]> {
    const context = currentContext();
    assert(context, 'the audit trail is read in a request');
    // Whoever pulls does so from a stream's own context.
    const read = <T>(work: (manager: EntityManager) => Promise<T>) =>
      runInContext({ ...context, deadline: Date.now() + READ_MS }, () => this.database.read(work));
    return this.batches(read, tenantId, range, filters);
  }

  private async *batches(
    read: <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>,
    tenantId: string,
    { from, to }: TrailRange,
    filters: AuditFilters,
  ): AsyncGenerator<readonly TrailBatch[]> {
    for (let first = from; first <= to; first += PLACES) {
      const window = { from: first, to: Math.min(first + PLACES - 1, to) };
      const heads = await read((manager) => this.repository.heads(manager, tenantId, window));
      const last = heads.at(-1);
      if (!last) continue;
      // What lies before the first head of the window was read with the head before it.
      const places = { from: heads[0]?.from_sequence ?? first, to: last.to_sequence };
      const rows = await read((manager) => this.repository.rows(manager, tenantId, places, filters));
      yield heads.map((head) => ({ head, rows: rows.filter(within(head)) }));
    }
  }
}

function within({ from_sequence, to_sequence }: SignedHead): (row: TrailRow) => boolean {
  return ({ sequence }) => sequence >= from_sequence && sequence <= to_sequence;
}
