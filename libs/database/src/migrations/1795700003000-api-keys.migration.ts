import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/** Keys of machines: only hashes are kept, and only the gateway (svc_identity) holds grants here. */
export class ApiKeys1795700003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(API_KEYS);
    await runner.query(LOOK_UP);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const API_KEYS = `
  CREATE TABLE api_keys (
    tenant_id text NOT NULL REFERENCES tenants (id),
    id text NOT NULL,
    name text NOT NULL,
    key_hash text NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('viewer', 'technician', 'manager')),
    scopes text[] NOT NULL,
    source_addresses text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    created_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    last_used_address text,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, id)
  );
  CREATE INDEX api_keys_newest ON api_keys (tenant_id, created_at DESC, id DESC);
  CREATE INDEX api_keys_living ON api_keys (tenant_id) WHERE revoked_at IS NULL;
  ${secured('api_keys')}
  ${tenantIsolation('api_keys')}
  GRANT SELECT, INSERT, UPDATE (last_used_at, last_used_address, revoked_at) ON api_keys TO svc_identity;`;

// The gateway meets a key before it knows the tenant: by exact hash, and only while there are no claims.
const LOOK_UP = `
  CREATE POLICY api_keys_login ON api_keys FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (tenant_id, id, key_hash, role, scopes, source_addresses, expires_at, revoked_at)
    ON api_keys TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.api_key_lookup(key_hash text)
    RETURNS TABLE (tenant_id text, id text, role text, scopes text[], source_addresses text[], expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select k.tenant_id, k.id, k.role, k.scopes, k.source_addresses, k.expires_at
          from public.api_keys k join public.tenants t on t.id = k.tenant_id
          where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
            and t.suspended_at is null $$;
  REVOKE ALL ON FUNCTION auth.api_key_lookup(text) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.api_key_lookup(text) TO svc_identity;
  ALTER FUNCTION auth.api_key_lookup(text) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
