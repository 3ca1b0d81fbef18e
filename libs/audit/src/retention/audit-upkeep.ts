import { Inject, Injectable } from '@nestjs/common';
import { SYSTEM_TENANT_ID } from '@techze/contracts';
import { Database, HourlyUpkeep } from '@techze/database';
import { Logger } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { AuditRecorder } from '../audit-recorder.js';
import { auditRetentionConfig, type AuditRetentionConfig } from './audit-retention.config.js';

/**
 * Makes the partitions of the audit trail ahead and drops those beyond retention. Several processes may do so at once: the
 * database lets one after the other, and who comes later finds nothing to do.
 */
@Injectable()
export class AuditUpkeep extends HourlyUpkeep {
  constructor(
    private readonly database: Database,
    private readonly recorder: AuditRecorder,
    @Inject(auditRetentionConfig.token) private readonly config: AuditRetentionConfig,
    logger: Logger,
  ) {
    super(logger.named('audit'));
  }

  async run(): Promise<void> {
    // The functions see every tenant; what they did is recorded in the operators' own trail, or it is not done.
    const operators = this.database.as({
      role: 'service',
      claims: { tenant_id: SYSTEM_TENANT_ID, role: 'worker' },
    });
    await operators.write((manager) => manager.query('SELECT ensure_audit_partitions()'));
    while (await operators.write((manager) => this.dropMonth(manager)));
  }

  private async dropMonth(manager: EntityManager): Promise<boolean> {
    const { keepDays } = this.config;
    const [dropped] = await manager.query<{ month: string; records: number }[]>(DROP, [keepDays]);
    if (!dropped) return false;
    await this.recorder.record(manager, {
      event_type: 'AUDIT_EXPIRED',
      resource_id: dropped.month,
      success: true,
      details: { records: dropped.records, keep_days: keepDays },
      actor: { tenant_id: SYSTEM_TENANT_ID, actor_type: 'worker', user_id: 'automation' },
    });
    return true;
  }
}

const DROP = 'SELECT month, records::float8 AS records FROM drop_expired_audit($1)';
