import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation, workerPolicy } from './tenant-table.js';

const SERVICES = 'svc_identity, svc_diagnostics, svc_ai, svc_automation, svc_analytics';

/**
 * What makes the audit trail provable: a place and a leaf hash for each record, a signed head for each batch of them, and
 * the records that have neither yet. Automation seals, the gateway reads; nobody changes anything.
 * No foreign key to the records: that one is missing is what the seal is there to tell.
 */
export class AuditSeals1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_seals (
        tenant_id text NOT NULL,
        sequence bigint NOT NULL,
        event_id text NOT NULL,
        batch bigint NOT NULL,
        leaf bytea NOT NULL,
        PRIMARY KEY (tenant_id, sequence),
        UNIQUE (tenant_id, event_id)
      );
      ${secured('audit_seals')}
      ${tenantIsolation('audit_seals')}
      GRANT SELECT, INSERT ON audit_seals TO svc_automation;
      GRANT SELECT ON audit_seals TO svc_identity;

      CREATE TABLE audit_heads (
        tenant_id text NOT NULL,
        batch bigint NOT NULL,
        from_sequence bigint NOT NULL,
        to_sequence bigint NOT NULL,
        root bytea NOT NULL,
        previous bytea NOT NULL,
        sealed_at timestamptz NOT NULL,
        key_id text NOT NULL,
        signature bytea NOT NULL,
        PRIMARY KEY (tenant_id, batch),
        UNIQUE (tenant_id, from_sequence)
      );
      ${secured('audit_heads')}
      ${tenantIsolation('audit_heads')}
      GRANT SELECT, INSERT ON audit_heads TO svc_automation;
      GRANT SELECT ON audit_heads TO svc_identity;

      CREATE FUNCTION audit_seals_append_only() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          RAISE insufficient_privilege USING MESSAGE = 'audit seals and heads are never changed or deleted';
        END $$;
      CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
        FOR EACH STATEMENT EXECUTE FUNCTION audit_seals_append_only();
      CREATE TRIGGER audit_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_heads
        FOR EACH STATEMENT EXECUTE FUNCTION audit_seals_append_only();

      CREATE TABLE audit_unsealed (
        tenant_id text NOT NULL,
        event_id text NOT NULL,
        PRIMARY KEY (tenant_id, event_id)
      );
      -- Emptied as fast as it is filled.
      ALTER TABLE audit_unsealed SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
      ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY; -- else its owner sees no row of it
      INSERT INTO audit_unsealed SELECT tenant_id, id FROM audit_events;
      ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
      ${secured('audit_unsealed')}
      ${tenantIsolation('audit_unsealed')}
      ${workerPolicy('audit_unsealed', 'SELECT')}
      GRANT INSERT ON audit_unsealed TO ${SERVICES};
      GRANT SELECT, DELETE ON audit_unsealed TO svc_automation;
      GRANT SELECT (tenant_id) ON audit_unsealed TO svc_worker;
      GRANT SELECT ON audit_events TO svc_automation;

      -- By trigger, so that no way of writing a record goes past the sealer. It runs as whoever writes, in his tenant.
      CREATE FUNCTION audit_events_await_seal() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
          INSERT INTO public.audit_unsealed (tenant_id, event_id) VALUES (NEW.tenant_id, NEW.id);
          RETURN NULL;
        END $$;
      CREATE TRIGGER audit_events_await_seal AFTER INSERT ON audit_events
        FOR EACH ROW EXECUTE FUNCTION audit_events_await_seal();`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
