import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { HEAD_LOGGED, headHash, NO_HEAD, signHead, type SignedHead } from '../trail/batch-head.js';
import { merkleRoot } from '../trail/merkle.js';
import { leafOf } from '../trail/sealed-record.js';
import { auditSealingConfig, type AuditSealingConfig } from './audit-sealing.config.js';
import { AuditSealsRepository, type NextBatch } from './audit-seals.repository.js';
import { auditSealedTotal, auditSealingLag } from './metrics.js';

/** Half of the second within which a record is to be sealed. */
const POLL_MS = 500;
const BATCH_RECORDS = 500;
/** Tenants at a time, and so database connections. */
const LANES = 4;

/**
 * Gives every committed record its place in its tenant's trail and signs for it, batch by batch. Any number of sealers
 * work side by side: a tenant is sealed by one at a time, and one that dies leaves nothing half done.
 */
@Injectable()
export class AuditSealer implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    private readonly seals: AuditSealsRepository,
    @Inject(auditSealingConfig.token) private readonly config: AuditSealingConfig,
    logger: Logger,
  ) {
    this.logger = logger.named('audit');
  }

  onModuleInit(): void {
    this.running = this.run();
  }

  /** Stops while the database still stands; waits for the batches under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.round();
      // Rejects only because the process stops.
      await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Never rejects. One line a change of state, not one a failure. */
  private async round(): Promise<void> {
    const failures = await this.sealAll();
    if (failures.length > 0 && !this.failing)
      this.logger.error('audit records cannot be sealed; they wait', { err: failures[0] });
    if (failures.length === 0 && this.failing) this.logger.info('audit records are sealed again');
    this.failing = failures.length > 0;
  }

  /** One tenant's trouble holds up no other. @returns what went wrong */
  private async sealAll(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const attempt = async <T>(work: Promise<T>) =>
      work.catch((error: unknown) => {
        failures.push(error);
        return undefined;
      });
    const tenants = (await attempt(this.seals.waitingTenants())) ?? [];
    const lane = async () => {
      for (let tenant = tenants.shift(); tenant !== undefined; tenant = tenants.shift())
        await attempt(this.sealTenant(tenant));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return failures;
  }

  private async sealTenant(tenantId: string): Promise<void> {
    let after = '';
    for (let more = true; more && !this.stopping.signal.aborted;) {
      const sealed = await this.seals.exclusively(tenantId, async (manager) => {
        const next = await this.seals.nextBatch(manager, tenantId, after, BATCH_RECORDS);
        if (!next) return undefined;
        const { head, leaves } = this.seal(tenantId, next);
        await this.seals.store(
          manager,
          head,
          next.records.map(({ id }) => id),
          leaves,
        );
        return { head, next };
      });
      if (sealed) this.tell(sealed.head, sealed.next);
      after = sealed?.next.records.at(-1)?.id ?? '';
      more = sealed?.next.records.length === BATCH_RECORDS;
    }
  }

  private seal(tenant_id: string, { records, last, now }: NextBatch): { head: SignedHead; leaves: Buffer[] } {
    const { key_id, privateKey } = this.config.signingKey;
    const from_sequence = (last?.to_sequence ?? 0) + 1;
    const leaves = records.map((record, index) => leafOf(tenant_id, { ...record, sequence: from_sequence + index }));
    const head = {
      tenant_id,
      batch: (last?.batch ?? 0) + 1,
      from_sequence,
      to_sequence: from_sequence + records.length - 1,
      root: merkleRoot(leaves).toString('hex'),
      previous: last ? headHash(last) : NO_HEAD,
      sealed_at: now,
      key_id,
    };
    return { head: signHead(head, privateKey), leaves };
  }

  /** The log is out of the database's reach: whoever cuts a trail short there does not cut it short here. */
  private tell(head: SignedHead, { records, now }: NextBatch): void {
    this.logger.info(HEAD_LOGGED, { head });
    auditSealedTotal.inc(records.length);
    const oldest = Math.min(...records.map(({ timestamp }) => Date.parse(timestamp)));
    auditSealingLag.observe((Date.parse(now) - oldest) / 1000);
  }
}
