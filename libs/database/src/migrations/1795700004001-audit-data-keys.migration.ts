import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/**
 * The keys that personal data in audit records is encrypted with, wrapped under a key that is not in the database. Without
 * its row what it encrypted is gone for good. The next record of the tenant makes a new one.
 */
export class AuditDataKeys1795700004001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_data_keys (
        tenant_id text NOT NULL,
        id text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id)
      );
      ${secured('audit_data_keys')}
      ${tenantIsolation('audit_data_keys')}
      GRANT SELECT, INSERT ON audit_data_keys TO svc_identity, svc_diagnostics, svc_ai, svc_automation, svc_analytics;
      GRANT DELETE ON audit_data_keys TO svc_identity;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
