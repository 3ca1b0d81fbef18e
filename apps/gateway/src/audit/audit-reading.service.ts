import { Inject, Injectable } from '@nestjs/common';
import {
  auditKeysConfig,
  AuditRecorder,
  headHash,
  inclusionPath,
  TRAIL_BEGINNING,
  TrailVerifier,
  type AuditKeysConfig,
  type TrailFault,
} from '@techze/audit';
import {
  Problem,
  type AuditFilters,
  type AuditPage,
  type AuditProof,
  type AuditVerification,
  type ListAuditQuery,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { AuditTrail, type TrailBatch } from './audit-trail.js';
import { AuditTrailRepository } from './audit-trail.repository.js';

const LIST = 'audit';
const RESOURCE = 'audit';
const FAULTS_KEPT = 100;
/** How long one answer checks; the next goes on from there. */
const VERIFY_MS = 6_000;
/** A record that has waited this long for its seal was kept from the sealer. */
const PATIENCE_SECONDS = 60;

/** What admins read of their tenant's trail. Each reading is itself recorded, and without its record nothing is read. */
@Injectable()
export class AuditReadingService {
  constructor(
    private readonly database: Database,
    private readonly repository: AuditTrailRepository,
    private readonly trail: AuditTrail,
    private readonly recorder: AuditRecorder,
    private readonly cursors: Cursors,
    @Inject(auditKeysConfig.token) private readonly config: AuditKeysConfig,
  ) {}

  list(tenantId: string, { limit, cursor, ...filters }: ListAuditQuery): Promise<AuditPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    return this.database.write(async (manager) => {
      const rows = await this.repository.list(manager, tenantId, { filters, after, limit: limit + 1 });
      await this.recorder.record(manager, {
        event_type: 'AUDIT_READ',
        resource_id: RESOURCE,
        success: true,
        details: { filters },
      });
      return toPage(rows, limit, LIST, this.cursors, ({ timestamp, id }) => ({ createdAt: timestamp, id }));
    });
  }

  /** @throws Problem `audit-event-not-found`, `audit-event-not-sealed` */
  prove(tenantId: string, id: string): Promise<AuditProof> {
    return this.database.write(async (manager) => {
      const event = await this.repository.find(manager, tenantId, id);
      if (!event) throw new Problem('audit-event-not-found');
      const { sequence } = event;
      const head = sequence === null ? undefined : await this.repository.headOver(manager, tenantId, sequence);
      if (sequence === null || !head) throw new Problem('audit-event-not-sealed');
      const range = { from: head.from_sequence, to: head.to_sequence };
      const rows = await this.repository.rows(manager, tenantId, range, {});
      const leaves = rows.map(({ leaf }) => Buffer.from(leaf, 'hex'));
      const index = rows.findIndex((row) => row.sequence === sequence);
      await this.recorder.record(manager, { event_type: 'AUDIT_READ', resource_id: id, success: true });
      return {
        event,
        leaf: rows[index]?.leaf ?? '',
        index,
        path: inclusionPath(leaves, index).map((hash) => hash.toString('hex')),
        head,
      };
    });
  }

  /** The sealed trail as it was when this was asked; its pieces are read as the caller takes them. */
  async export(
    tenantId: string,
    filters: AuditFilters,
    format: 'ndjson' | 'csv',
  ): Promise<AsyncGenerator<readonly TrailBatch[]>> {
    const filtered = Object.values(filters).some((value) => value !== undefined);
    const range = await this.database.write(async (manager) => {
      await this.recorder.record(manager, {
        event_type: 'EXPORT',
        resource_id: RESOURCE,
        success: true,
        details: { format, filters },
      });
      return filtered
        ? this.repository.rangeOf(manager, tenantId, filters)
        : { from: 1, to: await this.repository.lastSequence(manager, tenantId) };
    });
    return this.trail.read(tenantId, range ?? { from: 1, to: 0 }, filters);
  }

  /** Does here what the verifier does from an export; for as long as one answer may take. */
  async verify(tenantId: string, fromBatch: number): Promise<AuditVerification> {
    const giveUpAt = Date.now() + VERIFY_MS;
    const { last, before } = await this.database.write(async (manager) => {
      await this.recorder.record(manager, {
        event_type: 'AUDIT_VERIFIED',
        resource_id: RESOURCE,
        success: true,
        details: { from_batch: fromBatch },
      });
      return {
        last: await this.repository.lastSequence(manager, tenantId),
        before: fromBatch === 1 ? undefined : await this.repository.head(manager, tenantId, fromBatch - 1),
      };
    });
    const faults: TrailFault[] = [];
    let wrong = 0;
    const report = (fault: TrailFault) => {
      wrong += 1;
      if (faults.length < FAULTS_KEPT) faults.push(fault);
    };
    const general = (detail: string, batch: number | null = null) =>
      report({ batch, sequence: null, record_id: null, detail });
    if (fromBatch > 1 && !before) general('the batch is missing', fromBatch - 1);
    const start = before
      ? { batch: fromBatch, sequence: before.to_sequence + 1, previous: headHash(before) }
      : TRAIL_BEGINNING;
    const verifier = new TrailVerifier(tenantId, this.config.publicKeys, report, start);

    let complete = true;
    for await (const piece of this.trail.read(tenantId, { from: start.sequence, to: last })) {
      for (const { head, rows } of piece) {
        verifier.takeHead(head);
        for (const { leaf, record } of rows) if (record) verifier.takeRecord(record, leaf);
      }
      complete = (piece.at(-1)?.head.to_sequence ?? last) >= last;
      if (!complete && Date.now() >= giveUpAt) break;
    }
    const verdict = verifier.end();
    const reached = verdict.last?.to_sequence ?? start.sequence - 1;
    complete ||= reached >= last;
    if (Date.now() < giveUpAt && reached < last) {
      general(`records ${reached + 1} to ${last} have no head: it was deleted`);
      complete = true;
    }
    const unsealed = complete ? await this.unsealed(tenantId, general) : null;
    return {
      verified: wrong === 0,
      complete,
      from_batch: fromBatch,
      next_batch: complete ? null : (verdict.last?.batch ?? fromBatch - 1) + 1,
      batches: verdict.batches,
      records: verdict.records,
      unsealed,
      last_head: verdict.last ?? before ?? null,
      public_keys: [...this.config.publicKeys.values()].map((key) =>
        key.export({ type: 'spki', format: 'pem' }).toString(),
      ),
      faults,
    };
  }

  private async unsealed(tenantId: string, report: (detail: string) => void): Promise<number> {
    const { waiting, forgotten, oldest } = await this.database.read((manager) =>
      this.repository.unsealed(manager, tenantId, PATIENCE_SECONDS),
    );
    if (forgotten > 0) report(`${forgotten} records have no seal, the oldest from ${oldest}: they were kept from it`);
    return waiting;
  }
}
