import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { RedisConnections } from '@techze/transport';
import { PoolReports } from './pool-reports.js';

/** Two may be missed before a process counts as gone. */
const INTERVAL_MS = 2_000;

/** Reports this process's pool for as long as it runs. Redis being away is nobody's trouble: it reports when it is back. */
@Injectable()
export class PoolReporter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private forgetReady: (() => void) | undefined;
  private reporting = false;

  constructor(
    private readonly reports: PoolReports,
    private readonly connections: RedisConnections,
    logger: Logger,
  ) {
    this.logger = logger.named('pool');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.report(), INTERVAL_MS);
    this.timer.unref();
    this.forgetReady = this.connections.commands.onReady(() => void this.report());
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.forgetReady?.();
    await this.attempt(() => this.reports.withdraw());
  }

  /** One at a time: a Redis that hangs is not asked again before it answered. */
  private async report(): Promise<void> {
    if (this.reporting || !this.connections.commands.isReady) return;
    this.reporting = true;
    await this.attempt(() => this.reports.publish());
    this.reporting = false;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.debug('a pool report failed', { reason: String(error) });
    }
  }
}
