import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { newUuid, type Principal } from '@techze/contracts';
import { Database } from '@techze/database';
import { continueTrace, Logger, runInContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { MaintenanceWindowsService } from '../maintenance-windows/maintenance-windows.service.js';
import { steppedRow } from './finding-change.js';
import { FindingRecords } from './finding-records.js';
import { FindingsRepository } from './findings.repository.js';
import { expire } from './life/index.js';

const EVERY_MS = 5_000;
const BATCH_ROWS = 200;
/** One finding's transaction is short; what takes longer is done with the next sweep. */
const EXPIRE_MS = 10_000;

/**
 * Opens findings whose acknowledgement is over, also of devices that never report again. A diagnostic notices by itself.
 * Several processes may do so at once: whoever comes second finds it open.
 */
@Injectable()
export class AcknowledgementExpiry implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly findings: FindingsRepository,
    private readonly windows: MaintenanceWindowsService,
    private readonly records: FindingRecords,
    logger: Logger,
  ) {
    this.logger = logger.named('findings');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.underWay = this.underWay
        .then(() => this.sweep())
        .catch((err: unknown) => this.logger.debug('acknowledgements were not looked through', { err }));
    }, EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  /** One finding that cannot be opened never keeps the others waiting. */
  async sweep(now = new Date()): Promise<void> {
    const worker = this.database.as({ role: 'worker', claims: { worker: 'findings' } });
    const due = await worker.read((manager) => this.findings.expired(manager, now, BATCH_ROWS));
    for (const { tenant_id, id } of due) {
      await inTenant(tenant_id, () => this.database.write((manager) => this.expire(manager, tenant_id, id, now))).catch(
        (err: unknown) => this.logger.warn('an acknowledgement that is over was not ended', { err, finding_id: id }),
      );
    }
  }

  private async expire(manager: EntityManager, tenantId: string, id: string, now: Date): Promise<void> {
    const found = await this.findings.findToChange(manager, tenantId, id);
    if (!found) return;
    const { site_id: siteId, tags, ...before } = found;
    const device = { deviceId: before.device_id, siteId, tags };
    const windows = await this.windows.covering(manager, tenantId, device, now);
    const step = expire(before, now, windows);
    if (!step.transition) return;
    const row = steppedRow(before, step, now);
    await this.records.write(manager, [{ row, step, siteId, diagnosticId: null, occurredAt: now }]);
  }
}

/** The suite at work inside one tenant. */
function inTenant<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
  const principal: Principal = { kind: 'worker', tenant_id: tenantId, service: 'diagnostics', role: 'worker' };
  const deadline = Date.now() + EXPIRE_MS;
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal }, work);
}
