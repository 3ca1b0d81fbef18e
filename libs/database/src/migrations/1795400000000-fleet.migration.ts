import type { MigrationInterface, QueryRunner } from 'typeorm';
import { agentDevice, secured, tenantIsolation } from './tenant-table.js';

/** Whose a device is (customer, site), who it says it is (enrollment, credential, agent), and what happened to it. */
export class Fleet1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CUSTOMERS_AND_SITES);
    await runner.query(DEVICES);
    await runner.query(ENROLLMENT);
    await runner.query(LOOK_UPS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

/** Nothing here is an agent's business. */
function peopleOnly(table: string): string {
  return `
    CREATE POLICY ${table}_people ON ${table} AS RESTRICTIVE
      FOR ALL TO authenticated
      USING ((select auth.jwt() ->> 'role') IS DISTINCT FROM 'agent');`;
}

const CUSTOMERS_AND_SITES = `
  CREATE TABLE customers (
    tenant_id text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    contact_name text,
    email text,
    phone text,
    notes text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
  );
  CREATE INDEX customers_newest ON customers (tenant_id, created_at DESC, id DESC);
  CREATE TABLE sites (
    tenant_id text NOT NULL,
    id text NOT NULL,
    customer_id text NOT NULL,
    name text NOT NULL,
    address text,
    timezone text,
    notes text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE RESTRICT
  );
  CREATE INDEX sites_newest ON sites (tenant_id, created_at DESC, id DESC);
  CREATE INDEX sites_customer ON sites (tenant_id, customer_id);
  ${['customers', 'sites'].map((table) => `${secured(table)} ${tenantIsolation(table)}`).join('')}
  ${peopleOnly('customers')}
  GRANT SELECT, INSERT, DELETE ON customers, sites TO svc_diagnostics;
  GRANT UPDATE (name, contact_name, email, phone, notes, version, updated_at) ON customers TO svc_diagnostics;
  GRANT UPDATE (customer_id, name, address, timezone, notes, version, updated_at) ON sites TO svc_diagnostics;
  GRANT SELECT ON customers, sites TO svc_ai, svc_automation, svc_analytics;`;

const OWN_DEVICE = `device_id = (select auth.jwt() ->> 'device_id')`;

// Under FORCE the owner's check of a new foreign key would look at no rows at all: off, and on again.
const DEVICES = `
  ALTER TABLE devices NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE sites NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE devices
    ADD COLUMN site_id text,
    ADD COLUMN name text,
    ADD COLUMN notes text,
    ADD COLUMN os text,
    ADD COLUMN agent_id text,
    ADD COLUMN agent_version text,
    ADD COLUMN identity_state text NOT NULL DEFAULT 'ok' CHECK (identity_state IN ('ok', 'identity_conflict')),
    ADD COLUMN enrolled_at timestamptz,
    ADD COLUMN hardware json,
    ADD COLUMN latest_score double precision,
    ADD COLUMN latest_band text,
    ADD COLUMN latest_coverage double precision,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id) ON DELETE RESTRICT;
  ALTER TABLE sites FORCE ROW LEVEL SECURITY;
  ALTER TABLE devices FORCE ROW LEVEL SECURITY;
  CREATE INDEX devices_newest ON devices (tenant_id, created_at DESC, id DESC);
  CREATE INDEX devices_site ON devices (tenant_id, site_id);
  CREATE UNIQUE INDEX devices_agent ON devices (tenant_id, agent_id);
  GRANT UPDATE (site_id, name, notes, os, agent_id, agent_version, identity_state, enrolled_at, hardware, latest_score,
    latest_band, latest_coverage, version) ON devices TO svc_diagnostics;

  ${agentDevice(
    'sites',
    `EXISTS (SELECT FROM devices d WHERE d.tenant_id = sites.tenant_id AND d.site_id = sites.id
       AND d.id = (select auth.jwt() ->> 'device_id'))`,
  )}

  -- What happened to a device beside its diagnostics: enrolled, revoked, a part replaced, an identity in conflict.
  CREATE TABLE device_events (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text NOT NULL,
    type text NOT NULL,
    details json NOT NULL,
    diagnostic_id text,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX device_events_newest ON device_events (tenant_id, device_id, occurred_at DESC, id DESC);
  ${secured('device_events')}
  ${tenantIsolation('device_events')}
  ${agentDevice('device_events', OWN_DEVICE)}
  GRANT SELECT, INSERT ON device_events TO svc_diagnostics;
  GRANT SELECT ON device_events TO svc_ai, svc_automation, svc_analytics;`;

const ENROLLMENT = `
  CREATE TABLE enrollment_tokens (
    tenant_id text NOT NULL,
    id text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    name text,
    site_id text,
    expires_at timestamptz NOT NULL,
    max_uses integer NOT NULL CHECK (max_uses > 0),
    uses integer NOT NULL DEFAULT 0 CHECK (uses <= max_uses),
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX enrollment_tokens_newest ON enrollment_tokens (tenant_id, created_at DESC, id DESC);
  CREATE INDEX enrollment_tokens_site ON enrollment_tokens (tenant_id, site_id);
  CREATE TABLE device_credentials (
    tenant_id text NOT NULL,
    id text NOT NULL,
    device_id text NOT NULL,
    agent_id text NOT NULL,
    secret_hash text NOT NULL UNIQUE,
    enrollment_token_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    first_used_at timestamptz,
    revoked_at timestamptz,
    revoked_reason text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
  );
  -- One living credential a device: a second one ends the first.
  CREATE UNIQUE INDEX device_credentials_living ON device_credentials (tenant_id, device_id) WHERE revoked_at IS NULL;
  CREATE INDEX device_credentials_device ON device_credentials (tenant_id, device_id);
  CREATE INDEX device_credentials_token ON device_credentials (tenant_id, enrollment_token_id);
  ${['enrollment_tokens', 'device_credentials'].map((table) => `${secured(table)} ${tenantIsolation(table)}`).join('')}
  ${peopleOnly('enrollment_tokens')}
  ${agentDevice('device_credentials', OWN_DEVICE)}
  GRANT SELECT, INSERT, UPDATE (uses, last_used_at, revoked_at) ON enrollment_tokens TO svc_diagnostics;
  GRANT SELECT, INSERT, UPDATE (first_used_at, revoked_at, revoked_reason) ON device_credentials TO svc_diagnostics;`;

// The gateway meets both secrets before it knows the tenant: by exact hash, and only while there are no claims.
const LOOK_UPS = `
  CREATE POLICY enrollment_tokens_login ON enrollment_tokens FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (tenant_id, id, token_hash) ON enrollment_tokens TO techze_login;
  CREATE POLICY device_credentials_login ON device_credentials FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (tenant_id, id, device_id, secret_hash, revoked_at) ON device_credentials TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.enrollment_lookup(token_hash text)
    RETURNS TABLE (tenant_id text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select t.tenant_id, t.id from public.enrollment_tokens t where t.token_hash = $1 $$;
  CREATE FUNCTION auth.device_credential_lookup(secret_hash text)
    RETURNS TABLE (tenant_id text, id text, device_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select c.tenant_id, c.id, c.device_id from public.device_credentials c
          where c.secret_hash = $1 and c.revoked_at is null $$;
  REVOKE ALL ON FUNCTION auth.enrollment_lookup(text), auth.device_credential_lookup(text) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.enrollment_lookup(text), auth.device_credential_lookup(text) TO svc_identity;
  ALTER FUNCTION auth.enrollment_lookup(text) OWNER TO techze_login;
  ALTER FUNCTION auth.device_credential_lookup(text) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
