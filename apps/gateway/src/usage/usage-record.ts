import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { uncountedUsageTotal } from './metrics.js';
import { UsageCounts, type Outcome } from './usage-counts.js';
import { UsageRepository } from './usage.repository.js';

/** As much as a gateway that is killed forgets. */
const WRITE_EVERY_MS = 10_000;
/** Of one statement: what it takes to put them into words holds nobody up. */
const BATCH_PARTS = 250;
/** 2 to 3 KB each. */
const PARTS_MAX = 20_000;

/**
 * What tenants ask of the gateway, minute by minute, for analytics. Requests are counted in memory and written behind
 * them; while that is not possible they wait there, as many as there is room for.
 */
@Injectable()
export class UsageRecord implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly counts = new UsageCounts(PARTS_MAX);
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly repository: UsageRepository,
    logger: Logger,
  ) {
    this.logger = logger.named('usage');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** After the last request was answered, and while the database still stands. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
    await this.write();
  }

  /** @param route a template, never the path that was asked for */
  count(tenantId: string, method: string, route: string, outcome: Outcome): void {
    if (!this.counts.count(tenantId, method, route, outcome)) uncountedUsageTotal.inc();
  }

  /** Never rejects, and never runs twice at once. */
  write(): Promise<void> {
    return (this.underWay ??= this.writeAll()
      .catch((err: unknown) => this.tell(err))
      .finally(() => {
        this.underWay = undefined;
      }));
  }

  private async writeAll(): Promise<void> {
    for (const { parts, written } of this.counts.unwritten(BATCH_PARTS)) {
      await this.repository.record(parts);
      written();
    }
    this.tell(undefined);
  }

  /** One line a change of state, not one a failure. */
  private tell(err: unknown): void {
    if (err !== undefined && !this.failing) this.logger.warn('the usage record cannot be written; it waits', { err });
    if (err === undefined && this.failing) this.logger.info('the usage record is written again');
    this.failing = err !== undefined;
  }
}
