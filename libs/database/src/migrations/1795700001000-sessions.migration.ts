import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a password was set; a log-in that also asks the tenant; and the end of sessions that are over. */
export class Sessions1795700001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PASSWORD_AGE);
    await runner.query(LOGIN_LOOK_UP);
    await runner.query(PURGE);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// A log-in verifies the password before it opens its session: by this it sees that another one was set meanwhile. Kept by
// a trigger, so that no way of setting a password can forget it.
const PASSWORD_AGE = `
  ALTER TABLE users ADD COLUMN password_changed_at timestamptz NOT NULL DEFAULT now();
  GRANT SELECT (password_changed_at) ON users TO svc_identity;
  GRANT SELECT (password_changed_at) ON users TO techze_login;

  CREATE FUNCTION users_password_changed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
      NEW.password_changed_at := clock_timestamp();
      RETURN NEW;
    END $$;
  CREATE TRIGGER users_password_changed BEFORE UPDATE ON users FOR EACH ROW
    WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash) EXECUTE FUNCTION users_password_changed();`;

// Of a suspended tenant every account is as good as disabled. auth.login_lookup stays for the gateways of the release before.
const LOGIN_LOOK_UP = `
  CREATE POLICY tenants_login ON tenants FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (id, suspended_at) ON tenants TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.account_lookup(email text)
    RETURNS TABLE (id uuid, tenant_id text, email text, name text, role text, password_hash text, disabled_at timestamptz,
      password_changed_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select u.id, u.tenant_id, u.email, u.name, u.role, u.password_hash, least(u.disabled_at, t.suspended_at),
            u.password_changed_at
          from public.users u join public.tenants t on t.id = u.tenant_id where u.email = $1 $$;
  REVOKE ALL ON FUNCTION auth.account_lookup(text) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.account_lookup(text) TO svc_identity;
  ALTER FUNCTION auth.account_lookup(text) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;

// The gateway may not act across tenants, so it is the function that is let, and only to what has been over for a week.
const PURGE = `
  CREATE INDEX sessions_expires ON sessions (expires_at);
  CREATE POLICY sessions_purge ON sessions FOR DELETE TO techze_login
    USING (auth.jwt() IS NULL AND expires_at < now() - interval '7 days');
  CREATE POLICY sessions_purge_seen ON sessions FOR SELECT TO techze_login
    USING (auth.jwt() IS NULL AND expires_at < now() - interval '7 days');
  GRANT SELECT (tenant_id, id, expires_at), DELETE ON sessions TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.purge_sessions(rows_max integer) RETURNS integer
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ with purged as (
            delete from public.sessions where (tenant_id, id) in (
              select s.tenant_id, s.id from public.sessions s
              where s.expires_at < now() - interval '7 days' order by s.expires_at limit rows_max)
            returning 1)
          select count(*)::integer from purged $$;
  REVOKE ALL ON FUNCTION auth.purge_sessions(integer) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.purge_sessions(integer) TO svc_identity;
  ALTER FUNCTION auth.purge_sessions(integer) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
