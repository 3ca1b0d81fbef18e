import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@techze/database';
import { Logger } from '@techze/observability';

const EVERY_MS = 60 * 60 * 1_000;

/**
 * Makes the partitions of the time-series ahead and drops those beyond retention, at the start and every hour. Several
 * processes may do so at once: the database lets one after the other, and who comes later finds nothing to do.
 */
@Injectable()
export class MeasurementUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    this.logger = logger.named('measurements');
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
    const worker = this.database.as({ role: 'worker', claims: { worker: 'measurements' } });
    await worker.write((manager) => manager.query(ENSURE));
    await worker.write((manager) => manager.query(DROP));
  }
}

// What is there already costs nothing but the question.
const ENSURE = `
  select ensure_measurements_partition(day)
  from (select (now() at time zone 'UTC')::date + ahead as day from generate_series(-30, 7) as ahead) days
  where to_regclass('public.measurements_' || to_char(day, 'YYYYMMDD')) is null`;
const DROP = 'select drop_expired_measurements()';
