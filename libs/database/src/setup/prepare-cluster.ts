import { services } from '@techze/contracts';
import { DatabaseError, escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { databaseOf, withConnection, withDatabase, withLockedConnection } from './admin-connection.js';
import { clusterFaults } from './cluster-faults.js';
import { groupRoles, loginRole, loginRoles, logins, serviceRoles, type LoginName } from './roles.js';
import { scramVerifier } from './scram-verifier.js';

/** A password for each login role; a role whose password is left out keeps the one it has, if any. */
export type LoginPasswords = Partial<Record<LoginName, string>>;

const MAINTENANCE_DATABASE = 'postgres';
const NO_SUCH_DATABASE = '3D000';
const MIGRATOR = loginRole('migrator');
const BACKUP = loginRole('backup');
/** The first version in which a membership says for itself whether it inherits. */
const MEMBERSHIP_OPTIONS_VERSION = 160_000;

/**
 * What only a superuser can do: roles, their passwords, the database, its schemas. Safe to repeat, also in parallel.
 * A database that was there before keeps its owner, its grants and its `auth` schema (Supabase).
 * @param adminUrl superuser; names the database to use, which is created if absent. Anybody else only has it checked
 *   that all of that is there already
 * @returns false when it was only checked, so passwords are what they were
 */
export async function prepareCluster(adminUrl: string, passwords: LoginPasswords): Promise<boolean> {
  const url = new URL(adminUrl);
  if (!(await isSuperusers(url)))
    return withConnection(url, async (client) => {
      const faults = await clusterFaults(client);
      if (faults.length > 0) throw notPrepared(url, faults);
      return false;
    });
  await withLockedConnection(withDatabase(url, MAINTENANCE_DATABASE), async (client) => {
    await createRoles(client);
    await setPasswords(client, passwords);
    await createDatabase(client, databaseOf(url));
  });
  await withLockedConnection(url, async (client) => {
    await prepareSchemas(client);
    const faults = await clusterFaults(client);
    if (faults.length > 0) throw new Error(`the cluster's roles are not safe to use: ${faults.join('; ')}`);
  });
  return true;
}

/** Asked in the database itself: who is no superuser may be let into no other. */
async function isSuperusers(url: URL): Promise<boolean> {
  try {
    return await withConnection(url, isSuperuser);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== NO_SUCH_DATABASE) throw error;
  }
  const superuser = await withConnection(withDatabase(url, MAINTENANCE_DATABASE), isSuperuser).catch(
    (error: unknown) => {
      if (error instanceof DatabaseError) return false; // it is let in nowhere, as no superuser is
      throw error;
    },
  );
  if (!superuser) throw notPrepared(url, [`missing the database ${databaseOf(url)}`]);
  return true;
}

async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return rows[0]?.rolsuper === true;
}

function notPrepared(url: URL, faults: readonly string[]): Error {
  return new Error(
    `${decodeURIComponent(url.username) || 'This user'} is not a superuser, and the cluster is not prepared: ${faults.join('; ')}. ` +
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
  for (const role of loginRoles) {
    const rights = role === BACKUP ? 'INHERIT BYPASSRLS' : 'NOINHERIT NOBYPASSRLS';
    await client.query(`ALTER ROLE ${role} LOGIN ${rights} NOSUPERUSER NOCREATEDB NOCREATEROLE`);
  }

  const version = await client.query<{ number: number }>(`select current_setting('server_version_num')::int as number`);
  const saysItself = (version.rows[0]?.number ?? 0) >= MEMBERSHIP_OPTIONS_VERSION;
  const notInherited = saysItself ? 'WITH INHERIT FALSE, SET TRUE' : '';
  await client.query(`GRANT techze_login TO techze_owner ${notInherited}`);
  for (const service of services) {
    await client.query(`GRANT authenticated TO ${serviceRoles[service]}`);
    await client.query(`GRANT ${serviceRoles[service]} TO ${loginRole(service)} ${notInherited}`);
    if (service !== 'gateway') await client.query(`GRANT svc_worker TO ${loginRole(service)} ${notInherited}`);
  }
  await client.query(`GRANT techze_owner TO ${MIGRATOR} ${notInherited}`);
  // Wherever it logs in it is the owner, and rows that a policy hides are an error to it instead of no rows.
  await client.query(`ALTER ROLE ${MIGRATOR} SET role TO 'techze_owner'`);
  await client.query(`ALTER ROLE ${MIGRATOR} SET row_security TO off`);
  await client.query(`GRANT pg_read_all_data TO ${BACKUP} ${saysItself ? 'WITH INHERIT TRUE, SET FALSE' : ''}`);
}

async function setPasswords(client: Client, passwords: LoginPasswords): Promise<void> {
  for (const login of logins) {
    const password = passwords[login];
    if (password !== undefined)
      await client.query(`ALTER ROLE ${loginRole(login)} PASSWORD ${escapeLiteral(scramVerifier(password))}`);
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
