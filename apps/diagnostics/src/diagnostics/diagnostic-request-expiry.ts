import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { newUuid, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { continueTrace, Logger, runInContext } from '@techze/observability';
import { DiagnosticCache } from './diagnostic-cache.js';
import { DiagnosticWrites } from './diagnostic-writes.repository.js';

const EVERY_MS = 30_000;
const BATCH_ROWS = 100;
/** A sweep of one tenant that takes longer than this goes on with the next one. */
const SWEEP_MS = 10_000;

/**
 * Ends requested diagnostics that nobody fulfilled in time. That an overdue one is not fulfilled any more does not depend
 * on it. Several processes may do so at once: each row is one's.
 */
@Injectable()
export class DiagnosticRequestExpiry implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly writes: DiagnosticWrites,
    private readonly cache: DiagnosticCache,
    private readonly audit: AuditRecorder,
    logger: Logger,
  ) {
    this.logger = logger.named('diagnostics');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.underWay = this.sweep().catch((err: unknown) =>
        this.logger.debug('overdue diagnostics were not expired', { err }),
      );
    }, EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  async sweep(): Promise<void> {
    const worker = this.database.as({ role: 'worker', claims: { worker: 'diagnostics' } });
    const tenants = await worker.read((manager) => this.writes.tenantsWithOverdue(manager));
    for (const tenantId of tenants) await this.sweepTenant(tenantId);
  }

  private async sweepTenant(tenantId: string): Promise<void> {
    const principal: Principal = { kind: 'worker', tenant_id: tenantId, service: 'diagnostics', role: 'worker' };
    const context = {
      requestId: newUuid(),
      trace: continueTrace(undefined),
      deadline: Date.now() + SWEEP_MS,
      principal,
    };
    await runInContext(context, async () => {
      for (let batch = await this.expire(tenantId); batch.length === BATCH_ROWS; batch = await this.expire(tenantId));
    });
  }

  /** The rows and their records in one transaction. */
  private async expire(tenantId: string): Promise<{ id: string }[]> {
    const expired = await this.database.write(async (manager) => {
      const rows = await this.writes.expire(manager, tenantId, BATCH_ROWS);
      for (const { id, status } of rows) {
        await this.audit.record(manager, {
          event_type: 'DIAGNOSTIC_UPDATED',
          resource_id: id,
          success: true,
          details: { before: { status }, after: { status: 'expired' } },
        });
      }
      return rows;
    });
    await Promise.all(expired.map(({ id }) => this.cache.drop(id)));
    return expired;
  }
}
