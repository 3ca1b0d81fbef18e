import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/** Who did what, when, from where. Rows are added and never touched again, by grants and by a trigger. */
export class Audit1795300003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_events (
        tenant_id text NOT NULL,
        id text NOT NULL,
        timestamp timestamptz NOT NULL DEFAULT now(),
        user_id text,
        actor_type text NOT NULL,
        event_type text NOT NULL,
        resource_id text,
        ip_address text,
        user_agent text,
        success boolean NOT NULL,
        details json NOT NULL DEFAULT '{}',
        request_id text,
        PRIMARY KEY (tenant_id, id)
      );
      CREATE INDEX audit_events_newest ON audit_events (tenant_id, timestamp DESC, id DESC);
      ${secured('audit_events')}
      ${tenantIsolation('audit_events')}
      GRANT INSERT ON audit_events TO svc_identity, svc_diagnostics, svc_ai, svc_automation, svc_analytics;
      GRANT SELECT ON audit_events TO svc_identity;

      CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          RAISE insufficient_privilege USING MESSAGE = 'audit events are never changed or deleted';
        END $$;
      CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only();`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
