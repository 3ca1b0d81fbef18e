import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tenants are edited, suspended and resumed by operators; a suspended one's devices are nobody's, and its tokens let nobody in. */
export class TenantLife1795700002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TENANTS);
    await runner.query(ONCE);
    await runner.query(LOOK_UPS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// Operators see which tenants there are. What they change they change as the tenant itself: no policy lets them write here.
// Milliseconds are what a cursor holds.
const TENANTS = `
  ALTER TABLE tenants
    ALTER COLUMN created_at TYPE timestamptz(3),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz(3) NOT NULL DEFAULT now(),
    ADD CONSTRAINT tenants_system_is_never_suspended CHECK (id <> 'tnt_system' OR suspended_at IS NULL);
  CREATE INDEX tenants_newest ON tenants (created_at DESC, id DESC);
  GRANT UPDATE (rate_limits, version, updated_at) ON tenants TO svc_identity;
  CREATE POLICY tenants_operator ON tenants FOR SELECT TO svc_identity
    USING ((select auth.jwt() ->> 'role') = 'operator' AND (select auth.jwt() ->> 'tenant_id') = 'tnt_system');`;

// What the gateway makes itself, it makes once a key.
const ONCE = `GRANT SELECT, INSERT, UPDATE (request_hash, response, created_at), DELETE ON idempotency_keys TO svc_identity;`;

// Those before them stay for the gateways of the release before. techze_login may read tenants since Sessions1795700001000.
const LOOK_UPS = `
  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.enrollment_token_lookup(token_hash text)
    RETURNS TABLE (tenant_id text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select e.tenant_id, e.id
          from public.enrollment_tokens e join public.tenants t on t.id = e.tenant_id
          where e.token_hash = $1 and t.suspended_at is null $$;
  CREATE FUNCTION auth.agent_lookup(secret_hash text)
    RETURNS TABLE (tenant_id text, id text, device_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select c.tenant_id, c.id, c.device_id
          from public.device_credentials c join public.tenants t on t.id = c.tenant_id
          where c.secret_hash = $1 and c.revoked_at is null and t.suspended_at is null $$;
  REVOKE ALL ON FUNCTION auth.enrollment_token_lookup(text), auth.agent_lookup(text) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.enrollment_token_lookup(text), auth.agent_lookup(text) TO svc_identity;
  ALTER FUNCTION auth.enrollment_token_lookup(text) OWNER TO techze_login;
  ALTER FUNCTION auth.agent_lookup(text) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
