import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';

/** Functions that act with their owner's rights, and who may call them. A new one fails here until somebody has looked. */
const DEFINER_FUNCTIONS: Readonly<Record<string, string>> = {
  'auth.account_lookup(text)': 'svc_identity',
  'auth.agent_lookup(text)': 'svc_identity',
  'auth.api_key_lookup(text)': 'svc_identity',
  'auth.device_credential_lookup(text)': 'svc_identity',
  'auth.enrollment_lookup(text)': 'svc_identity',
  'auth.enrollment_token_lookup(text)': 'svc_identity',
  'auth.login_lookup(text)': 'svc_identity',
  'auth.mail_lookup(integer)': 'svc_identity',
  'auth.one_time_token_lookup(text)': 'svc_identity',
  'auth.purge_sessions(integer)': 'svc_identity',
  'auth.refresh_lookup(text)': 'svc_identity',
  'drop_expired_api_usage()': 'svc_worker',
  'drop_expired_audit(integer)': 'svc_automation',
  'drop_expired_event_feed()': 'svc_worker',
  'drop_expired_measurements()': 'svc_worker',
  'ensure_api_usage_partition(date)': 'svc_worker',
  'ensure_audit_partitions()': 'svc_automation',
  'ensure_event_feed_partition(date)': 'svc_worker',
  'ensure_measurements_partition(date)': 'svc_worker',
};

describe('what else the catalogue holds than tables', () => {
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

  const OURS = `pronamespace in ('public'::regnamespace, 'auth'::regnamespace)
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;

  it('functions that act with their owner’s rights are these, for these callers', async () => {
    const { rows } = await client.query<{ what: string; callers: string }>(
      `select p.oid::regprocedure::text as what,
         coalesce((select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles r
           where r.rolname ~ '^(svc_|anon$|authenticated$|techze_)' and r.rolname <> 'techze_owner' and r.oid <> p.proowner
             and has_function_privilege(r.oid, p.oid, 'EXECUTE')), '') as callers
       from pg_proc p where prosecdef and ${OURS} order by 1`,
    );
    expect(Object.fromEntries(rows.map(({ what, callers }) => [what, callers]))).toEqual(DEFINER_FUNCTIONS);
  });

  it('no function of ours looks names up on a path that its caller chose, and nobody unnamed may call one', async () => {
    const { rows } = await client.query(
      `select p.oid::regprocedure::text as what from pg_proc p
       where ${OURS} and prolang <> (select oid from pg_language where lanname = 'c')
         and ((prosecdef or prorettype = 'trigger'::regtype) and not exists (
               select from unnest(proconfig) as setting where setting like 'search_path=pg_catalog, pg_temp%')
           or prosecdef and (proowner not in ('techze_owner'::regrole, 'techze_login'::regrole)
             or has_function_privilege('anon', p.oid, 'EXECUTE') or has_function_privilege('authenticated', p.oid, 'EXECUTE')))`,
    );
    expect(rows).toEqual([]);
  });

  it('views ask as whoever reads them, and nothing that was put together once is there to read', async () => {
    const { rows } = await client.query(
      `select relname from pg_class c where relnamespace = 'public'::regnamespace
         and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
         and (relkind in ('m', 'f') or relkind = 'v' and not coalesce(reloptions, '{}') @> array['security_invoker=true'])`,
    );
    expect(rows).toEqual([]);
  });

  it('sequences are for services alone, and their numbers for nobody to set', async () => {
    const { rows } = await client.query(
      `select c.relname, r.rolname from pg_class c, pg_roles r
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
         and r.rolname ~ '^(svc_|anon$|authenticated$|techze_)' and r.rolname not in ('techze_owner', 'techze_migrator')
         and (has_sequence_privilege(r.oid, c.oid, 'UPDATE')
           or r.rolname !~ '^svc_' and has_sequence_privilege(r.oid, c.oid, 'USAGE'))`,
    );
    expect(rows).toEqual([]);
  });

  it('no service makes, changes or drops anything: whatever is there is the owner’s, and nobody else may create', async () => {
    const { rows } = await client.query(
      `select relname as what from pg_class c where relnamespace = 'public'::regnamespace and relowner <> 'techze_owner'::regrole
         and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
         and relkind in ('r', 'p', 'v', 'S')
       union all
       select rolname from pg_roles where rolname ~ '^(svc_|anon$|authenticated$|techze_)'
         and rolname not in ('techze_owner', 'techze_queue')
         and has_schema_privilege(oid, 'public', 'CREATE')`,
    );
    expect(rows).toEqual([]);
  });

  it('truncate and references are nobody’s', async () => {
    const { rows } = await client.query(
      `select c.relname, r.rolname from pg_class c, pg_roles r
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and r.rolname ~ '^(svc_|anon$|authenticated$|techze_)' and r.rolname not in ('techze_owner', 'techze_migrator')
         and (has_table_privilege(r.oid, c.oid, 'TRUNCATE') or has_table_privilege(r.oid, c.oid, 'REFERENCES')
           or has_table_privilege(r.oid, c.oid, 'TRIGGER'))`,
    );
    expect(rows).toEqual([]);
  });
});
