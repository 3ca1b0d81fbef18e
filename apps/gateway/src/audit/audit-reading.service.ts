import { Inject, Injectable } from '@nestjs/common';
import {
  auditKeysConfig,
  AuditRecorder,
  auditRetentionConfig,
  headHash,
  inclusionPath,
  PersonalData,
  readable,
  TRAIL_BEGINNING,
  TrailVerifier,
  type AuditKeysConfig,
  type AuditRetentionConfig,
  type Opener,
  type SealedRecord,
  type TrailFault,
} from '@techze/audit';
import {
  Problem,
  type AuditEvent,
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
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The sealed trail, and who opens what is encrypted in it. */
export interface TrailToExport {
  readonly batches: AsyncGenerator<readonly TrailBatch[]>;
  readonly opener: Opener;
}

/** What admins read of their tenant's trail. Each reading is itself recorded, and without its record nothing is read. */
@Injectable()
export class AuditReadingService {
  constructor(
    private readonly database: Database,
    private readonly repository: AuditTrailRepository,
    private readonly trail: AuditTrail,
    private readonly recorder: AuditRecorder,
    private readonly personal: PersonalData,
    private readonly cursors: Cursors,
    @Inject(auditKeysConfig.token) private readonly keys: AuditKeysConfig,
    @Inject(auditRetentionConfig.token) private readonly retention: AuditRetentionConfig,
  ) {}

  list(tenantId: string, { limit, cursor, ...filters }: ListAuditQuery): Promise<AuditPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    return this.database.write(async (manager) => {
      const rows = await this.repository.list(manager, tenantId, { filters, after, limit: limit + 1 });
      const opener = await this.personal.opener(manager, tenantId);
      await this.recorder.record(manager, {
        event_type: 'AUDIT_READ',
        resource_id: RESOURCE,
        success: true,
        details: { filters },
      });
      const events = rows.map((event) => ({ ...event, details: readableDetails(event, opener) }));
      return toPage(events, limit, LIST, this.cursors, ({ timestamp, id }) => ({ createdAt: timestamp, id }));
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
      const opener = await this.personal.opener(manager, tenantId);
      await this.recorder.record(manager, { event_type: 'AUDIT_READ', resource_id: id, success: true });
      return {
        event,
        opened: opener(asSealed(event)) ?? null,
        leaf: rows[index]?.leaf ?? '',
        index,
        path: inclusionPath(leaves, index).map((hash) => hash.toString('hex')),
        head,
      };
    });
  }

  /** The sealed trail as it was when this was asked; its pieces are read as the caller takes them. */
  async export(tenantId: string, filters: AuditFilters, format: 'ndjson' | 'csv'): Promise<TrailToExport> {
    const filtered = Object.values(filters).some((value) => value !== undefined);
    const { range, opener } = await this.database.write(async (manager) => {
      await this.recorder.record(manager, {
        event_type: 'EXPORT',
        resource_id: RESOURCE,
        success: true,
        details: { format, filters },
      });
      return {
        opener: await this.personal.opener(manager, tenantId),
        range: filtered
          ? await this.repository.rangeOf(manager, tenantId, filters)
          : { from: 1, to: await this.repository.lastSequence(manager, tenantId) },
      };
    });
    return { batches: this.trail.read(tenantId, range ?? { from: 1, to: 0 }, filters), opener };
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
    const keptSince = Date.now() - this.retention.keepDays * DAY_MS;
    const verifier = new TrailVerifier(tenantId, this.keys.publicKeys, report, start, keptSince);
    const unsealed = new UnsealedBetween(this.database, this.repository, tenantId, before?.sealed_at);

    let complete = true;
    for await (const piece of this.trail.read(tenantId, { from: start.sequence, to: last })) {
      for (const { head, rows } of piece) {
        verifier.takeHead(head);
        for (const { leaf, record } of rows) if (record) verifier.takeRecord(record, leaf);
      }
      const end = piece.at(-1)?.head;
      if (end) await unsealed.upTo(end.sealed_at);
      complete = (end?.to_sequence ?? last) >= last;
      if (!complete && Date.now() >= giveUpAt) break;
    }
    const verdict = verifier.end();
    const reached = verdict.last?.to_sequence ?? start.sequence - 1;
    complete ||= reached >= last;
    if (Date.now() < giveUpAt && reached < last) {
      general(`records ${reached + 1} to ${last} have no head: it was deleted`);
      complete = true;
    }
    if (complete) await unsealed.upTo(undefined);
    if (unsealed.forgotten > 0)
      general(`${unsealed.forgotten} records have no seal, the oldest from ${unsealed.oldest}: they were kept from it`);
    return {
      verified: wrong === 0,
      complete,
      from_batch: fromBatch,
      next_batch: complete ? null : (verdict.last?.batch ?? fromBatch - 1) + 1,
      batches: verdict.batches,
      records: verdict.records,
      expired: verdict.expired,
      unsealed: complete ? unsealed.waiting : null,
      last_head: verdict.last ?? before ?? null,
      public_keys: [...this.keys.publicKeys.values()].map((key) =>
        key.export({ type: 'spki', format: 'pem' }).toString(),
      ),
      faults,
    };
  }
}

/** Counts records without a seal, stretch by stretch beside the batches: no statement goes through the whole table. */
class UnsealedBetween {
  waiting = 0;
  forgotten = 0;
  oldest: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: AuditTrailRepository,
    private readonly tenantId: string,
    private from: string | undefined,
  ) {}

  /** @param to undefined: to the end */
  async upTo(to: string | undefined): Promise<void> {
    const stretch = { from: this.from, to };
    const found = await this.database.read((manager) =>
      this.repository.unsealed(manager, this.tenantId, stretch, PATIENCE_SECONDS),
    );
    this.from = to;
    this.waiting += found.waiting;
    this.forgotten += found.forgotten;
    this.oldest ??= found.oldest;
  }
}

function asSealed({ id, details }: AuditEvent): { id: string; details: SealedRecord['details'] } {
  return { id, details: details as SealedRecord['details'] };
}

function readableDetails(event: AuditEvent, opener: Opener): AuditEvent['details'] {
  const sealed = asSealed(event);
  return readable(sealed.details, opener(sealed)) as AuditEvent['details'];
}
