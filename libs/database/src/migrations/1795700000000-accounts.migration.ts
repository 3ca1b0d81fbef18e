import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secured, tenantIsolation } from './tenant-table.js';

/** The life of an account: invited before it has a password, changed by its admins, reset by a one-time token. */
export class Accounts1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(USERS);
    await runner.query(ONE_TIME_TOKENS);
    await runner.query(PASSWORD_RESET_REQUESTS);
    await runner.query(LOOK_UPS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

// Nobody may read the hash, so whether there is one is a column of its own. Milliseconds are what a cursor holds: rows
// that were made within one would fall between two pages.
// users_own_data lets everybody write the own row, and a policy cannot be narrowed but by a restrictive one.
const USERS = `
  ALTER TABLE users
    ALTER COLUMN password_hash DROP NOT NULL,
    ALTER COLUMN created_at TYPE timestamptz(3),
    ALTER COLUMN updated_at TYPE timestamptz(3),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN has_password boolean NOT NULL GENERATED ALWAYS AS (password_hash IS NOT NULL) STORED;
  CREATE INDEX users_newest ON users (tenant_id, created_at DESC, id DESC);
  CREATE POLICY users_made_by_admins ON users AS RESTRICTIVE
    FOR INSERT TO authenticated
    WITH CHECK ((select auth.jwt() ->> 'role') = 'admin');
  CREATE POLICY users_deleted_by_admins ON users AS RESTRICTIVE
    FOR DELETE TO authenticated
    USING ((select auth.jwt() ->> 'role') = 'admin');
  GRANT SELECT (version, has_password), UPDATE (version), DELETE ON users TO svc_identity;`;

// What a mail is about is the token itself: it is due at mail_due_at, and while one gateway sends it, due again later.
const ONE_TIME_TOKENS = `
  CREATE TABLE one_time_tokens (
    tenant_id text NOT NULL,
    id text NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    ended_at timestamptz,
    mail_due_at timestamptz,
    mail_attempts integer NOT NULL DEFAULT 0,
    mail_sent_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
  );
  -- One living token a user and purpose: a newer one ends the older.
  CREATE UNIQUE INDEX one_time_tokens_living ON one_time_tokens (tenant_id, user_id, purpose) WHERE ended_at IS NULL;
  CREATE INDEX one_time_tokens_user ON one_time_tokens (tenant_id, user_id, created_at);
  CREATE INDEX one_time_tokens_mail_due ON one_time_tokens (mail_due_at) WHERE mail_due_at IS NOT NULL;
  ${secured('one_time_tokens')}
  ${tenantIsolation('one_time_tokens')}
  GRANT SELECT, INSERT, UPDATE (used_at, ended_at, mail_due_at, mail_attempts, mail_sent_at), DELETE
    ON one_time_tokens TO svc_identity;`;

// Whoever asks is answered before anybody looks whether there is such an account: the wish is kept in the system's tenant.
const PASSWORD_RESET_REQUESTS = `
  CREATE TABLE password_reset_requests (
    tenant_id text NOT NULL,
    id text NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
  );
  CREATE INDEX password_reset_requests_oldest ON password_reset_requests (tenant_id, created_at);
  ${secured('password_reset_requests')}
  ${tenantIsolation('password_reset_requests')}
  GRANT SELECT, INSERT, DELETE ON password_reset_requests TO svc_identity;`;

// As with log-in: by exact hash, by the gateway, while there are no claims. Of mails it learns only where one is due.
const LOOK_UPS = `
  CREATE POLICY one_time_tokens_login ON one_time_tokens FOR SELECT TO techze_login USING (auth.jwt() IS NULL);
  GRANT SELECT (tenant_id, id, user_id, purpose, token_hash, mail_due_at) ON one_time_tokens TO techze_login;

  SET LOCAL row_security TO on;
  CREATE FUNCTION auth.one_time_token_lookup(token_hash text)
    RETURNS TABLE (tenant_id text, id text, user_id uuid, purpose text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select t.tenant_id, t.id, t.user_id, t.purpose from public.one_time_tokens t where t.token_hash = $1 $$;
  CREATE FUNCTION auth.mail_lookup(rows_max integer)
    RETURNS TABLE (tenant_id text, id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$ select t.tenant_id, t.id from public.one_time_tokens t where t.mail_due_at <= now()
          order by t.mail_due_at limit rows_max $$;
  REVOKE ALL ON FUNCTION auth.one_time_token_lookup(text), auth.mail_lookup(integer) FROM PUBLIC, anon, authenticated;
  GRANT EXECUTE ON FUNCTION auth.one_time_token_lookup(text), auth.mail_lookup(integer) TO svc_identity;
  ALTER FUNCTION auth.one_time_token_lookup(text) OWNER TO techze_login;
  ALTER FUNCTION auth.mail_lookup(integer) OWNER TO techze_login;
  SET LOCAL row_security TO off;`;
