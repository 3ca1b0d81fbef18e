import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation } from './tenant-table.js';

/** Recommendations are computed anew each time; what people dismissed of them is all that is kept. */
export class Recommendations1795800001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DISMISSALS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;

// device_id: null for what is about several devices. priority: as it was when it was dismissed; once it is a quarter
// higher, the recommendation is back.
const DISMISSALS = `
  CREATE TABLE recommendation_dismissals (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text,
    code text NOT NULL,
    priority double precision NOT NULL,
    reason text,
    dismissed_by text NOT NULL,
    dismissed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX recommendation_dismissals_device ON recommendation_dismissals (tenant_id, device_id);
  ${secured('recommendation_dismissals')}
  ${tenantIsolation('recommendation_dismissals')}
  ${agentDevice('recommendation_dismissals', OWN_DEVICE)}
  GRANT SELECT, INSERT, UPDATE (priority, reason, dismissed_by, dismissed_at) ON recommendation_dismissals TO svc_ai;
  GRANT SELECT ON recommendation_dismissals TO svc_automation, svc_analytics;`;
