import { Client } from 'pg';
import { loginRoles } from '@techze/database';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { groupRoles } from '../src/setup/roles.js';
import { rowSecurityFaults } from './support/row-security-audit.js';

let fresh: TestDatabase;
let client: Client;

beforeAll(async () => {
  fresh = await testDatabase();
  client = new Client({ connectionString: fresh.adminUrl() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.drop();
});

test('every table × verb × {anon, A, B, no claims, agent of another device}: nobody reaches what is not theirs', async () => {
  const asked = jest.spyOn(client, 'query');
  expect(await rowSecurityFaults(client)).toEqual([]);
  const cells = asked.mock.calls.filter(([text]) => String(text).startsWith('savepoint attempt')).length;
  asked.mockRestore();
  process.stdout.write(`row security: ${cells} cells\n`);
  expect(cells).toBeGreaterThan(600);
}, 60_000);

describe('the test itself finds', () => {
  test.each([
    ['a table that nobody covered', 'create table forgotten (tenant_id text)', 'forgotten: has no sample row'],
    ['a table without a tenant', 'create table forgotten (id int)', 'forgotten: has no tenant_id'],
    ['flags that are missing', 'alter table inbox no force row level security', 'inbox: row security is not forced'],
    ['row security switched off', 'alter table inbox disable row level security', 'A sees rows of another tenant'],
    ['a policy that checks nothing', 'create policy open on inbox using (true)', 'policy open checks nothing'],
    [
      'a check that is too wide',
      'create policy wide on inbox for insert to authenticated with check (tenant_id <> $$$$)',
      'A may insert for another tenant',
    ],
    [
      'a policy that shows too much',
      `create policy peek on outbox for select to authenticated using (event_id = 'evt_1')`,
      'A sees rows of another tenant',
    ],
    [
      'an agent that is not bound',
      'drop policy findings_agent_device on findings',
      'an agent of another device of A can select',
    ],
    [
      'an audit log that can be emptied',
      'drop policy audit_events_tenant_isolation on audit_events',
      'audit_events: has no policy',
    ],
  ])(
    '%s',
    async (_what, sql, fault) => {
      expect((await rowSecurityFaults(client, sql)).join('\n')).toContain(fault);
    },
    60_000,
  );
});

describe('grants', () => {
  test('nobody but services holds any, and no one service may re-own a row or read a password', async () => {
    const { rows } = await client.query<{ grantee: string; what: string }>(
      `select grantee, string_agg(distinct table_name || ' ' || privilege_type, ', ') as what
       from information_schema.table_privileges
       where table_schema = 'public' and table_name <> 'pg_stat_statements' and table_name <> 'pg_stat_statements_info'
         and grantee not in ('techze_owner', 'postgres') and grantee !~ '^svc_'
       group by grantee`,
    );
    // Its policy lets it remove what has been over for a week, and nothing else.
    expect(rows).toEqual([{ grantee: 'techze_login', what: 'sessions DELETE' }]);
    const columns = await client.query(
      `select grantee, table_name, column_name, privilege_type from information_schema.column_privileges
       where table_schema = 'public' and grantee ~ '^svc_|^techze_login$' and (
         (privilege_type = 'UPDATE' and column_name in ('tenant_id', 'id', 'device_id', 'diagnostic_id', 'created_at')
           and table_name <> 'idempotency_keys')
         or (privilege_type = 'SELECT' and column_name = 'password_hash' and grantee <> 'techze_login'))`,
    );
    expect(columns.rows).toEqual([]);
  });

  test('without taking a role a log-in holds nothing; the backup reads, and nobody else passes by the policies', async () => {
    const held = await client.query<{ login: string; verbs: string[] }>(
      `select login, array_agg(distinct verb order by verb) as verbs
       from unnest($1::text[]) as login, pg_class t,
         unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as verb
       where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p', 'v', 'm') and t.relname !~ '^pg_stat'
         and (has_table_privilege(login, t.oid, verb)
           or (verb in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(login, t.oid, verb)))
       group by login`,
      [loginRoles],
    );
    expect(held.rows).toEqual([{ login: 'backup', verbs: ['SELECT'] }]);
    const callable = await client.query(
      `select login, p.oid::regprocedure::text as what from unnest($1::text[]) as login, pg_proc p
       where p.pronamespace in ('public'::regnamespace, 'auth'::regnamespace) and p.prorettype <> 'trigger'::regtype
         and has_function_privilege(login, p.oid, 'EXECUTE') and has_schema_privilege(login, p.pronamespace, 'USAGE')
         and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
         and (p.prosecdef or login <> 'backup')`,
      [loginRoles],
    );
    expect(callable.rows).toEqual([]);
    const passing = await client.query(
      `select rolname from pg_roles where (rolsuper or rolbypassrls) and rolname = any($1)`,
      [[...loginRoles, ...groupRoles]],
    );
    expect(passing.rows).toEqual([{ rolname: 'backup' }]);
  });

  test('audit rows, seals and heads can only be added; automation alone adds seals and heads', async () => {
    const { rows } = await client.query(
      `select distinct privilege_type from information_schema.column_privileges
       where table_name in ('audit_events', 'audit_seals', 'audit_heads') and grantee ~ '^svc_' order by 1`,
    );
    expect(rows.map((row: { privilege_type: string }) => row.privilege_type)).toEqual(['INSERT', 'SELECT']);
    const sealers = await client.query(
      `select distinct grantee from information_schema.column_privileges
       where table_name in ('audit_seals', 'audit_heads') and grantee ~ '^svc_' and privilege_type = 'INSERT'`,
    );
    expect(sealers.rows).toEqual([{ grantee: 'svc_automation' }]);
  });

  test('policies that reach across tenants are these and no others', async () => {
    const { rows } = await client.query(
      `select tablename, policyname, cmd, roles::text from pg_policies
       where not roles::text[] <@ array['authenticated'] order by tablename, policyname`,
    );
    expect(rows).toEqual([
      { tablename: 'anomalies', policyname: 'anomalies_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'api_keys', policyname: 'api_keys_login', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'audit_unsealed', policyname: 'audit_unsealed_worker', cmd: 'SELECT', roles: '{svc_worker}' },
      {
        tablename: 'device_credentials',
        policyname: 'device_credentials_login',
        cmd: 'SELECT',
        roles: '{techze_login}',
      },
      { tablename: 'diagnostics', policyname: 'diagnostics_worker', cmd: 'SELECT', roles: '{svc_worker}' },
      { tablename: 'enrollment_tokens', policyname: 'enrollment_tokens_login', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'findings', policyname: 'findings_worker', cmd: 'SELECT', roles: '{svc_worker}' },
      { tablename: 'idempotency_keys', policyname: 'idempotency_keys_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'inbox', policyname: 'inbox_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'metric_states', policyname: 'metric_states_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'one_time_tokens', policyname: 'one_time_tokens_login', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'outbox', policyname: 'outbox_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'refresh_tokens', policyname: 'refresh_tokens_login', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'scored_diagnostics', policyname: 'scored_diagnostics_worker', cmd: 'ALL', roles: '{svc_worker}' },
      { tablename: 'sessions', policyname: 'sessions_purge', cmd: 'DELETE', roles: '{techze_login}' },
      { tablename: 'sessions', policyname: 'sessions_purge_seen', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'tenants', policyname: 'tenants_login', cmd: 'SELECT', roles: '{techze_login}' },
      { tablename: 'tenants', policyname: 'tenants_operator', cmd: 'SELECT', roles: '{svc_identity}' },
      { tablename: 'tenants', policyname: 'tenants_worker', cmd: 'SELECT', roles: '{svc_worker}' },
      { tablename: 'users', policyname: 'users_login', cmd: 'SELECT', roles: '{techze_login}' },
    ]);
  });

  test("the documentation's two policies are there as it writes them", async () => {
    const { rows } = await client.query(
      `select policyname, permissive, cmd, roles::text, qual, with_check from pg_policies
       where policyname in ('diagnostics_tenant_isolation', 'users_own_data') order by policyname`,
    );
    const documented = { permissive: 'PERMISSIVE', cmd: 'ALL', roles: '{authenticated}', with_check: null };
    expect(rows).toEqual([
      {
        policyname: 'diagnostics_tenant_isolation',
        ...documented,
        qual: `(tenant_id = (auth.jwt() ->> 'tenant_id'::text))`,
      },
      { policyname: 'users_own_data', ...documented, qual: '(id = auth.uid())' },
    ]);
  });
});
