import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '@techze/database';
import { Logger } from '@techze/observability';
import { KEPT_HOURS } from './idempotency-keys.js';

const PURGE_EVERY_MS = 15 * 60 * 1_000;
const PURGE_ROWS = 1_000;

/**
 * Removes expired keys of all tenants, in small transactions. That keeps the table small; that an expired key counts for
 * nothing does not depend on it. Several processes may do so at once.
 */
@Injectable()
export class IdempotencyKeyExpiry implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    this.logger = logger.named('idempotency');
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.underWay = this.purge().catch((err: unknown) => this.logger.debug('expired keys were not removed', { err }));
    }, PURGE_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  async purge(): Promise<void> {
    const worker = this.database.as({ role: 'worker', claims: { worker: 'idempotency' } });
    const batch = () => worker.write((manager) => manager.query<[unknown[], number]>(PURGE, [KEPT_HOURS, PURGE_ROWS]));
    for (let [, purged] = await batch(); purged === PURGE_ROWS; [, purged] = await batch());
  }
}

// Tenant by tenant, because that is how the index goes.
const PURGE = `
  DELETE FROM idempotency_keys WHERE (tenant_id, route, key) IN (
    SELECT expired.* FROM tenants CROSS JOIN LATERAL (
      SELECT tenant_id, route, key FROM idempotency_keys
      WHERE tenant_id = tenants.id AND created_at <= now() - make_interval(hours => $1) LIMIT $2) expired
    LIMIT $2)`;
