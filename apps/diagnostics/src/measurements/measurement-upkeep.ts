import { Injectable } from '@nestjs/common';
import { Database, HourlyUpkeep } from '@techze/database';
import { Logger } from '@techze/observability';

/**
 * Makes the partitions of the time-series ahead and drops those beyond retention. Several processes may do so at once: the
 * database lets one after the other, and who comes later finds nothing to do.
 */
@Injectable()
export class MeasurementUpkeep extends HourlyUpkeep {
  constructor(
    private readonly database: Database,
    logger: Logger,
  ) {
    super(logger.named('measurements'));
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
