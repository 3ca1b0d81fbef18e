import type { Client } from 'pg';
import { groupRoles, loginRole, loginRoles } from './roles.js';

const OWNER = 'techze_owner';
const BACKUP = loginRole('backup');
const QUEUE = loginRole('queue');

/**
 * What the roles, the database and its schemas lack or have too much of, as whoever asks can see it.
 * @returns in words; empty when migrations may run
 */
export async function clusterFaults(client: Client): Promise<string[]> {
  const missing = await missingRoles(client);
  // All that follows speaks of the roles by name.
  if (missing.length > 0) return [`missing the roles ${missing.join(', ')}`];
  return [
    ...(await membershipFaults(client)),
    ...(await inheritanceFaults(client)),
    ...(await attributeFaults(client)),
    ...(await placeFaults(client)),
  ];
}

async function missingRoles(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select name from unnest($1::text[]) as name where to_regrole(name) is null order by name',
    [[...groupRoles, ...loginRoles]],
  );
  return rows.map(({ name }) => name);
}

async function membershipFaults(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ owner: boolean; other: string[] }>(
    `select pg_has_role(session_user, $1, 'MEMBER') as owner,
       array(select rolname::text from pg_roles where rolname <> $2 and pg_has_role($2, oid, 'MEMBER') order by 1) as other`,
    [OWNER, QUEUE],
  );
  return [
    ...(rows[0]?.owner ? [] : [`missing membership in ${OWNER}`]),
    ...(rows[0]?.other ?? []).map((role) => `${QUEUE} is a member of ${role}, and must be of nothing`),
  ];
}

/**
 * NOINHERIT after the GRANT does nothing from PostgreSQL 16 on, where each membership says for itself whether it is
 * inherited: what counts is whether a role has the rights of another now, without taking it. (Whoever owns the database
 * is pg_database_owner, by no grant.)
 */
async function inheritanceFaults(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ login: string; role: string }>(
    `select login, r.rolname as role from unnest($1::text[]) as login
       join pg_roles r on r.rolname <> all (array[login, 'pg_database_owner']) and pg_has_role(login, r.oid, 'USAGE')
     order by 1, 2`,
    [[OWNER, ...loginRoles.filter((role) => role !== BACKUP)]],
  );
  return rows.map(({ login, role }) => `${login} inherits ${role}: REVOKE ${role} FROM ${login} by whoever granted it`);
}

async function attributeFaults(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; superuser: boolean; bypass: boolean; sees: boolean }>(
    `select rolname as name, rolsuper as superuser, rolbypassrls as bypass,
       pg_has_role(oid, 'pg_read_all_data', 'USAGE') as sees
     from pg_roles where rolname = any($1) order by 1`,
    [[OWNER, ...loginRoles]],
  );
  return rows.flatMap(({ name, superuser, bypass, sees }) => [
    ...(superuser ? [`${name} is a superuser`] : []),
    ...(bypass && name !== BACKUP ? [`${name} has BYPASSRLS`] : []),
    ...(name === BACKUP && !(bypass && sees) ? [`${name} needs BYPASSRLS and pg_read_all_data`] : []),
  ]);
}

async function placeFaults(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ schemas: string[]; strangers: string[] }>(
    `select
       array(select name from unnest(array['auth', 'public']) as name
         where to_regnamespace(name) is null
           or not (has_schema_privilege($1, name, 'USAGE') and has_schema_privilege($1, name, 'CREATE'))) as schemas,
       array(select name from unnest($2::text[]) as name
         where not has_database_privilege(name, current_database(), 'CONNECT') order by 1) as strangers`,
    [OWNER, loginRoles],
  );
  return [
    ...(rows[0]?.schemas ?? []).map((schema) => `${OWNER} may not create in schema ${schema}`),
    ...(rows[0]?.strangers ?? []).map((login) => `${login} may not connect to the database`),
  ];
}
