import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startPostgres, waitFor, type PostgresCluster } from '@techze/testing';
import { services } from '@techze/contracts';
import { logins, prepareCluster, runMigrations, type LoginPasswords } from '@techze/database';
import { Client } from 'pg';
import { installedPostgres, startInstalled } from './support/postgres-versions.js';
import { rowSecurityFaults } from './support/row-security-audit.js';

let own: PostgresCluster;

beforeAll(async () => {
  own = await startPostgres();
}, 60_000);
afterAll(() => own.destroy());

function passwords(): LoginPasswords {
  return Object.fromEntries(logins.map((login) => [login, randomBytes(12).toString('hex')]));
}

function freshName(): string {
  return `migrated_${randomBytes(4).toString('hex')}`;
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Roles, policies, flags, columns, grants: all that a migration decides. */
function schemaOf(url: string): Promise<unknown[]> {
  return connected(url, async (client) => {
    const { rows } = await client.query(
      `select 'policy' as kind, tablename || policyname || coalesce(qual, '') as what from pg_policies
       union all select 'column', table_name || column_name || data_type from information_schema.columns where table_schema = 'public'
       union all select 'grant', table_name || grantee || privilege_type from information_schema.table_privileges where table_schema = 'public'
       union all select 'migration', name from migrations order by 1, 2`,
    );
    return rows;
  });
}

async function migrate(url: string, secrets: LoginPasswords = {}): Promise<string[]> {
  await prepareCluster(url, secrets);
  return runMigrations(url);
}

test('a second run finds nothing to do and changes nothing', async () => {
  const url = own.primary.url(freshName());
  expect((await migrate(url)).length).toBeGreaterThan(0);
  const before = await schemaOf(url);
  expect(await migrate(url)).toEqual([]);
  expect(await schemaOf(url)).toEqual(before);
}, 60_000);

test('four at once: one migrates, the others find it done', async () => {
  const url = own.primary.url(freshName());
  const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(url)));
  expect(runs.filter((names) => names.length > 0)).toHaveLength(1);
  expect(await connected(url, rowSecurityFaults)).toEqual([]);
}, 60_000);

test('a change that cannot have its table soon lets the others pass', async () => {
  const url = own.primary.url(freshName());
  await migrate(url);
  await connected(url, async (client) => {
    await client.query('begin; lock table migrations');
    await expect(runMigrations(url)).rejects.toMatchObject({ code: '55P03' });
  });
}, 60_000);

test('the log-ins work with their passwords, inherit nothing and have no special right', async () => {
  const url = own.primary.url(freshName());
  const secrets = passwords();
  await migrate(url, secrets);
  for (const service of services) {
    const login = new URL(url);
    login.username = `techze_${service}`;
    login.password = secrets[service] ?? '';
    await connected(login.href, async (client) => {
      await expect(client.query('select id from users')).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('create table x (id int)')).rejects.toMatchObject({ code: '42501' });
    });
  }
  await connected(url, async (client) => {
    const { rows } = await client.query(
      `select rolname from pg_roles where rolname ~ '^(techze|svc)_|^(anon|authenticated)$'
         and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or (rolcanlogin and rolinherit))`,
    );
    expect(rows).toEqual([]);
    const inherited = await client.query(
      `select m.member::regrole::text, m.roleid::regrole::text from pg_auth_members m
       where m.inherit_option and m.member::regrole::text ~ '^techze_'`,
    );
    expect(inherited.rows).toEqual([]);
    const workers = await client.query(
      `select member::regrole::text as name from pg_auth_members where roleid = 'svc_worker'::regrole order by 1`,
    );
    expect(workers.rows).not.toContainEqual({ name: 'techze_gateway' });
  });
}, 60_000);

test('no password stands in a statement, not even in the log of a server that logs them all', async () => {
  const secret = 'a password that nobody may read';
  await own.primary.query(`alter system set log_statement = 'all'`);
  await own.primary.query('select pg_reload_conf()');
  await waitFor(
    async () => (await own.primary.query<{ log_statement: string }>('show log_statement'))[0]?.log_statement === 'all',
  );
  await prepareCluster(own.primary.url(freshName()), { ai: secret });
  const log = await waitFor(() => {
    const text = readFileSync(`${own.primary.dataDir}.log`, 'utf8');
    return text.includes('ALTER ROLE techze_ai PASSWORD') && text;
  });
  expect(log).not.toContain(secret);
  await own.primary.query('alter system reset log_statement');
  await own.primary.query('select pg_reload_conf()');
}, 60_000);

test('an admin who is no superuser is told what is missing, or migrates when nothing is', async () => {
  const url = own.primary.url(freshName());
  await migrate(url);
  const name = `admin_${randomBytes(4).toString('hex')}`;
  await own.primary.query(`create role ${name} login password 'pw'`);
  const admin = new URL(url);
  admin.username = name;
  admin.password = 'pw';
  await own.primary.query(`grant connect on database ${admin.pathname.slice(1)} to ${name}`);
  await expect(migrate(admin.href)).rejects.toThrow(
    `${name} is not a superuser, and the cluster is not prepared: missing membership in techze_owner`,
  );
  await own.primary.query(`grant techze_owner to ${name}`);
  expect(await migrate(admin.href)).toEqual([]);
}, 60_000);

/** What a Supabase database holds before we come: its own functions and default privileges, under its own owner. */
const SUPABASE = `
  DO $$ BEGIN CREATE ROLE supabase_auth_admin NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
  CREATE SCHEMA auth AUTHORIZATION supabase_auth_admin;
  CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
  CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''),
      nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
  ALTER FUNCTION auth.uid() OWNER TO supabase_auth_admin;
  ALTER FUNCTION auth.jwt() OWNER TO supabase_auth_admin;
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA auth FROM PUBLIC;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA auth TO anon, authenticated;
  GRANT USAGE ON SCHEMA auth TO anon, authenticated;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
  ALTER DEFAULT PRIVILEGES FOR ROLE techze_owner IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
  ALTER DEFAULT PRIVILEGES FOR ROLE techze_owner GRANT EXECUTE ON FUNCTIONS TO anon, authenticated;`;

test('on Supabase its auth functions are kept, and its default privileges open nothing', async () => {
  const name = freshName();
  await own.primary.query(`create database ${name}`);
  const url = own.primary.url(name);
  await connected(url, (client) => client.query(SUPABASE));
  const functions = `select proname, proowner::regrole::text as owner, prosrc from pg_proc
    where pronamespace = 'auth'::regnamespace and proname in ('jwt', 'uid') order by 1`;
  const before = await connected(url, async (client) => (await client.query(functions)).rows as unknown[]);
  await migrate(url);
  await connected(url, async (client) => {
    expect((await client.query(functions)).rows).toEqual(before);
    const open = await client.query(
      `select grantee, table_name from information_schema.table_privileges
       where table_schema = 'public' and grantee in ('anon', 'authenticated') and table_name !~ '^pg_stat'`,
    );
    expect(open.rows).toEqual([]);
    const lookUps = await client.query(
      `select p.proname, p.proowner::regrole::text as owner, array(select rolname::text from pg_roles
         where rolname in ('anon', 'authenticated', 'svc_worker', 'svc_ai', 'svc_identity')
           and has_function_privilege(rolname, p.oid, 'EXECUTE')) as callers
       from pg_proc p where p.pronamespace = 'auth'::regnamespace and p.proname ~ '_lookup$' order by 1`,
    );
    expect(lookUps.rows).toEqual([
      { proname: 'account_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'agent_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'api_key_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'device_credential_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'enrollment_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'enrollment_token_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'login_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'mail_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'one_time_token_lookup', owner: 'techze_login', callers: ['svc_identity'] },
      { proname: 'refresh_lookup', owner: 'techze_login', callers: ['svc_identity'] },
    ]);
    expect(await rowSecurityFaults(client)).toEqual([]);
  });
}, 60_000);

describe.each([{ version: 18, programs: 'embedded' }, ...installedPostgres().filter(({ version }) => version < 18)])(
  'on PostgreSQL $version',
  ({ version, programs }) => {
    test('everything migrates, and the policies hold', async () => {
      const server = programs === 'embedded' ? undefined : await startInstalled(programs);
      try {
        const name = freshName();
        const url = server?.url(name) ?? own.primary.url(name);
        await migrate(url, server ? passwords() : {});
        expect(await migrate(url)).toEqual([]);
        await connected(url, async (client) => {
          const { rows } = await client.query<{ major: number }>(
            `select current_setting('server_version_num')::int / 10000 as major`,
          );
          expect(rows).toEqual([{ major: version }]);
          expect(await rowSecurityFaults(client)).toEqual([]);
        });
      } finally {
        await server?.stop();
      }
    }, 60_000);
  },
);
