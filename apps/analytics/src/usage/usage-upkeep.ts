import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@techze/database';
import { Logger } from '@techze/observability';

const EVERY_MS = 60 * 60 * 1_000;

/**
 * Makes the partitions of the usage record ahead and drops those beyond retention, at the start and every hour. The
 * gateway writes it, but may do nothing across tenants. Several processes may do so at once.
 */
@Injectable()
export class UsageUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    this.logger = logger.named('usage');
  }

  onApplicationBootstrap(): void {
    const run = () => {
      this.underWay = this.run().catch((err: unknown) => this.logger.warn('upkeep of the partitions failed', { err }));
    };
    this.timer = setInterval(run, EVERY_MS).unref();
    run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  async run(): Promise<void> {
    const worker = this.database.as({ role: 'worker', claims: { worker: 'usage' } });
    await worker.write((manager) => manager.query(ENSURE));
    await worker.write((manager) => manager.query('select drop_expired_api_usage()'));
  }
}

const ENSURE = `
  select ensure_api_usage_partition(week)
  from (select (date_trunc('week', now() at time zone 'UTC') + ahead * interval '1 week')::date as week
        from generate_series(0, 2) as ahead) weeks
  where to_regclass('public.api_usage_' || to_char(week, 'YYYYMMDD')) is null`;
