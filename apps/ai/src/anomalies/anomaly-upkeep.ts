import { Injectable } from '@nestjs/common';
import { Database, HourlyUpkeep, type DatabaseSession } from '@techze/database';
import { Logger } from '@techze/observability';

/** Small transactions: nobody waits for them. */
const ROWS = 1_000;

/**
 * Removes what has no use any more: anomalies that ended 90 days ago (feedback is forgotten by then), states of series that
 * have been silent as long, and counts that no rate looks at. Several processes may do so at once.
 */
@Injectable()
export class AnomalyUpkeep extends HourlyUpkeep {
  private readonly worker: DatabaseSession;

  constructor(database: Database, logger: Logger) {
    super(logger.named('anomalies'));
    this.worker = database.as({ role: 'worker', claims: { worker: 'anomalies' } });
  }

  async run(): Promise<void> {
    for (const sql of [ANOMALIES, STATES, COUNTS]) while ((await this.remove(sql)) === ROWS);
  }

  private async remove(sql: string): Promise<number> {
    const [, removed] = await this.worker.write((manager) => manager.query<[unknown[], number]>(sql, [ROWS]));
    return removed;
  }
}

const ANOMALIES = `
  delete from anomalies where (tenant_id, id) in (
    select tenant_id, id from anomalies where end_at < now() - interval '90 days' limit $1)`;
const STATES = `
  delete from metric_states where (tenant_id, device_id, metric, instance) in (
    select tenant_id, device_id, metric, instance from metric_states where last_at < now() - interval '90 days' limit $1)`;
const COUNTS = `
  delete from scored_diagnostics where (tenant_id, device_id, at, diagnostic_id) in (
    select tenant_id, device_id, at, diagnostic_id from scored_diagnostics where at < now() - interval '8 days' limit $1)`;
