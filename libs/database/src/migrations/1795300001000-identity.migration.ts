import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation, workerPolicy } from './tenant-table.js';

/** Tenants, their users, and the sessions of users. Only the gateway (svc_identity) holds grants here. */
export class Identity1795300001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TENANTS);
    await runner.query(USERS);
    await runner.query(SESSIONS);
    await runner.query(LOOK_UPS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// The operators' own tenant is written before FORCE, after which not even the owner may.
const TENANTS = `
  CREATE TABLE tenants (
    id text PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    suspended_at timestamptz
  );
  INSERT INTO tenants (id, name) VALUES ('tnt_system', 'System');
  ${secured('tenants')}
  CREATE POLICY tenants_tenant_isolation ON tenants
    FOR ALL TO authenticated
    USING (id = auth.jwt() ->> 'tenant_id');
  ${workerPolicy('tenants', 'SELECT')}
  GRANT SELECT, INSERT, UPDATE (name, suspended_at) ON tenants TO svc_identity;
  GRANT SELECT (id) ON tenants TO svc_worker;`;

// Permissive policies are tried last name first: users_tenant_admin sorts after users_own_data on purpose.
const USERS = `
  CREATE TABLE users (
    id uuid PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants (id),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'technician', 'manager', 'admin', 'operator')),
    password_hash text NOT NULL,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (tenant_id, id),
    CONSTRAINT users_operator_is_of_the_system CHECK (role <> 'operator' OR tenant_id = 'tnt_system')
  );
  ${secured('users')}
  CREATE POLICY users_own_data ON users
    FOR ALL TO authenticated
    USING (id = auth.uid());
  CREATE POLICY users_tenant_boundary ON users AS RESTRICTIVE
    FOR ALL TO authenticated
    USING (tenant_id = auth.jwt() ->> 'tenant_id');
  CREATE POLICY users_tenant_admin ON users
    FOR ALL TO authenticated
    USING ((select auth.jwt() ->> 'role') = 'admin' AND tenant_id = (select auth.jwt() ->> 'tenant_id'));
  GRANT SELECT (id, tenant_id, email, name, role, disabled_at, created_at, updated_at), INSERT,
    UPDATE (email, name, role, password_hash, disabled_at, updated_at) ON users TO svc_identity;

  -- A row policy cannot compare the old row with the new one.
  CREATE FUNCTION users_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      IF NEW.id IS DISTINCT FROM OLD.id OR NEW.tenant_id IS DISTINCT FROM OLD.tenant_id THEN
        RAISE insufficient_privilege USING MESSAGE = 'a user keeps its id and its tenant';
      END IF;
      IF NEW.role IS DISTINCT FROM OLD.role AND (auth.jwt() ->> 'role') IS DISTINCT FROM 'admin' THEN
        RAISE insufficient_privilege USING MESSAGE = 'only an admin changes roles';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER users_guard BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_guard();`;

const SESSIONS = `
  CREATE TABLE sessions (
    tenant_id text NOT NULL,
    id text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    idle_expires_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    ip_address text,
    user_agent text,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX sessions_user ON sessions (tenant_id, user_id);
  ${secured('sessions')}
  ${tenantIsolation('sessions')}
  GRANT SELECT, INSERT, UPDATE (last_used_at, idle_expires_at, revoked_at, revoked_reason), DELETE
    ON sessions TO svc_identity;

  CREATE TABLE refresh_tokens (
    tenant_id text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    session_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES sessions (tenant_id, id) ON DELETE CASCADE
  );
  CREATE INDEX refresh_tokens_session ON refresh_tokens (tenant_id, session_id);
  ${secured('refresh_tokens')}
  ${tenantIsolation('refresh_tokens')}
  GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON refresh_tokens TO svc_identity;`;

// What has to be found before anyone is known: by exact key, by the gateway, and only while there are no claims.
// The validator of LANGUAGE sql refuses tables under row security while row_security is off.
const LOOK_UPS = `
  CREATE POLICY users_login ON users FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (id, tenant_id, email, name, role, password_hash, disabled_at) ON users TO techze_login;
  CREATE POLICY refresh_tokens_login ON refresh_tokens FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (tenant_id, token_hash, session_id) ON refresh_tokens TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.login_lookup(email text)
    RETURNS TABLE (id uuid, tenant_id text, email text, name text, role text, password_hash text, disabled_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select u.id, u.tenant_id, u.email, u.name, u.role, u.password_hash, u.disabled_at
          from public.users u where u.email = $1 $$;
  CREATE FUNCTION auth.refresh_lookup(token_hash text)
    RETURNS TABLE (tenant_id text, session_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select t.tenant_id, t.session_id from public.refresh_tokens t where t.token_hash = $1 $$;
  REVOKE ALL ON FUNCTION auth.login_lookup(text), auth.refresh_lookup(text) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.login_lookup(text), auth.refresh_lookup(text) TO svc_identity;
  ALTER FUNCTION auth.login_lookup(text) OWNER TO techze_login;
  ALTER FUNCTION auth.refresh_lookup(text) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
