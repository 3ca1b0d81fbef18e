import { Injectable } from '@nestjs/common';
import { Database, HourlyUpkeep } from '@techze/database';
import { Logger } from '@techze/observability';

/**
 * Makes the partitions of the usage record ahead and drops those beyond retention. The gateway writes it, but may do
 * nothing across tenants. Several processes may do so at once.
 */
@Injectable()
export class UsageUpkeep extends HourlyUpkeep {
  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    super(logger.named('usage'));
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
