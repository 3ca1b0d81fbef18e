import { services, type ServiceName } from '@techze/contracts';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { databaseOf, withDatabase, withLockedConnection } from './admin-connection.js';
import { groupRoles, loginRole, loginRoles, serviceRoles } from './roles.js';
import { scramVerifier } from './scram-verifier.js';

/** A password for each service's login role; a role whose password is left out keeps the one it has. */
export type ServicePasswords = Partial<Record<ServiceName, string>>;

const MAINTENANCE_DATABASE = 'postgres';
/** The first version in which a membership says for itself whether it inherits. */
const MEMBERSHIP_OPTIONS_VERSION = 160_000;

/**
 * What only a superuser can do: roles, their passwords, the database, its schemas. Safe to repeat, also in parallel.
 * A database that was there before keeps its owner, its grants and its `auth` schema (Supabase).
 * @param adminUrl superuser; names the database to use, which is created if absent
 */
export async function prepareCluster(adminUrl: string, passwords: ServicePasswords): Promise<void> {
  const url = new URL(adminUrl);
  const database = databaseOf(url);
  await withLockedConnection(withDatabase(url, MAINTENANCE_DATABASE), async (client) => {
    if (!(await isSuperuser(client))) return requirePrepared(client);
    await createRoles(client);
    await setPasswords(client, passwords);
    await createDatabase(client, database);
  });
  await withLockedConnection(url, async (client) => {
    if (await isSuperuser(client)) await prepareSchemas(client);
  });
}

async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return rows[0]?.rolsuper === true;
}

/** Without a superuser everything has to be there already, and the admin has to be able to act as its owner. */
async function requirePrepared(client: Client): Promise<void> {
  const { rows } = await client.query<{ admin: string; missing: string[]; owner: boolean }>(
    `select current_user as admin,
       array(select name from unnest($1::text[]) as name where to_regrole(name) is null order by name) as missing,
       to_regrole('techze_owner') is not null and pg_has_role(current_user, 'techze_owner', 'MEMBER') as owner`,
    [[...groupRoles, ...loginRoles]],
  );
  const { admin, missing, owner } = rows[0] ?? { admin: '?', missing: [], owner: false };
  const lacks = [
    ...(missing.length > 0 ? [`the roles ${missing.join(', ')}`] : []),
    ...(owner ? [] : ['membership in techze_owner']),
  ];
  if (lacks.length > 0)
    throw new Error(
      `${admin} is not a superuser, and the cluster is not prepared: missing ${lacks.join(' and ')}. ` +
        'Run the migration once with a superuser in DATABASE_ADMIN_URL.',
    );
}

async function createRoles(client: Client): Promise<void> {
  const existing = await client.query<{ rolname: string }>('select rolname from pg_roles');
  const known = new Set(existing.rows.map(({ rolname }) => rolname));
  for (const role of [...groupRoles, ...loginRoles]) if (!known.has(role)) await client.query(`CREATE ROLE ${role}`);

  // Attributes before memberships: NOINHERIT decides what a later GRANT means.
  await client.query('ALTER ROLE techze_owner NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE');
  for (const role of groupRoles.filter((name) => name.startsWith('svc_') || name === 'techze_login'))
    await client.query(`ALTER ROLE ${role} NOLOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);
  for (const role of loginRoles)
    await client.query(`ALTER ROLE ${role} LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`);

  const version = await client.query<{ number: number }>(`select current_setting('server_version_num')::int as number`);
  const notInherited =
    (version.rows[0]?.number ?? 0) >= MEMBERSHIP_OPTIONS_VERSION ? 'WITH INHERIT FALSE, SET TRUE' : '';
  await client.query(`GRANT techze_login TO techze_owner ${notInherited}`);
  for (const service of services) {
    await client.query(`GRANT authenticated TO ${serviceRoles[service]}`);
    await client.query(`GRANT ${serviceRoles[service]} TO ${loginRole(service)} ${notInherited}`);
    if (service !== 'gateway') await client.query(`GRANT svc_worker TO ${loginRole(service)} ${notInherited}`);
  }
}

async function setPasswords(client: Client, passwords: ServicePasswords): Promise<void> {
  for (const service of services) {
    const password = passwords[service];
    if (password !== undefined)
      await client.query(`ALTER ROLE ${loginRole(service)} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
  }
}

async function createDatabase(client: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) {
    await client.query(`CREATE DATABASE ${name} OWNER techze_owner`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  }
  await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${loginRoles.join(', ')}`);
}

async function prepareSchemas(client: Client): Promise<void> {
  const everybody = groupRoles.join(', ');
  // PUBLIC keeps USAGE on public: without it a missing prologue would look like a missing table.
  await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO techze_owner`);
  await client.query(`CREATE SCHEMA IF NOT EXISTS auth AUTHORIZATION techze_owner`);
  await client.query(`GRANT USAGE ON SCHEMA auth TO ${everybody}`);
  await client.query(`GRANT CREATE ON SCHEMA auth TO techze_owner, techze_login`);
  // Functions that were there before may not be PUBLIC's to run; ours are.
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest(array['auth.jwt()', 'auth.uid()']) as name where to_regprocedure(name) is not null`,
  );
  for (const { name } of rows) await client.query(`GRANT EXECUTE ON FUNCTION ${name} TO ${everybody}`);
  const statistics = await client.query(
    `select from pg_available_extensions where name = 'pg_stat_statements' and installed_version is null`,
  );
  if (statistics.rowCount === 1) await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
}
