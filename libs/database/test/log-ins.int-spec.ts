import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { services } from '@techze/contracts';
import {
  logins,
  loginRole,
  prepareCluster,
  runMigrations,
  type LoginName,
  type LoginPasswords,
} from '@techze/database';
import { compiledLibs, startPostgres } from '@techze/testing';
import { Client, escapeIdentifier } from 'pg';
import { installedPostgres, startInstalled } from './support/postgres-versions.js';
import { rowSecurityFaults } from './support/row-security-audit.js';
import { insertion, sampleRows } from './support/sample-rows.js';

const refused = expect.objectContaining({ code: '42501' });
const TENANTS = ['tnt_a', 'tnt_b'];
const passwords = Object.fromEntries(
  logins.map((login) => [login, randomBytes(12).toString('hex')]),
) as Required<LoginPasswords>;

interface Server {
  /** A superuser's. */
  url(database: string): string;
  end(): Promise<void>;
}

async function embedded(): Promise<Server> {
  const cluster = await startPostgres();
  return { url: (database) => cluster.primary.url(database), end: () => cluster.destroy() };
}

async function installed(programs: string): Promise<Server> {
  const server = await startInstalled(programs);
  return { url: (database) => server.url(database), end: () => server.stop() };
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

function freshName(): string {
  return `logins_${randomBytes(4).toString('hex')}`;
}

const versions = [
  { version: 18, isOurs: true, start: embedded },
  ...installedPostgres()
    .filter(({ version }) => version < 18)
    .map(({ version, programs }) => ({ version, isOurs: false, programs, start: () => installed(programs) })),
];

describe.each<(typeof versions)[number] & { programs?: string }>(versions)(
  'on PostgreSQL $version',
  ({ isOurs, programs = '', start }) => {
    let server: Server;
    let name: string;

    const asSuperuser = <T>(work: (client: Client) => Promise<T>, database = name) =>
      connected(server.url(database), work);
    const urlOf = (login: LoginName, database = name) => {
      const url = new URL(server.url(database));
      url.username = loginRole(login);
      url.password = passwords[login];
      return url.href;
    };
    const as = <T>(login: LoginName, work: (client: Client) => Promise<T>) => connected(urlOf(login), work);
    const tables = (client: Client) =>
      client
        .query<{ name: string }>(
          `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
        )
        .then(({ rows }) => rows.map((row) => row.name));

    beforeAll(async () => {
      server = await start();
      name = freshName();
      await prepareCluster(server.url(name), passwords);
      await runMigrations(server.url(name));
      await asSuperuser(async (client) => {
        for (const tenant of TENANTS)
          for (const [table, row] of Object.entries(sampleRows)) await client.query(insertion(table, row(tenant, 1)));
      });
    }, 60_000);
    afterAll(() => server.end());

    describe('the backup', () => {
      test('reads every row of every tenant', async () => {
        const [all, seen] = await Promise.all(
          [asSuperuser, (work: typeof counts) => as('backup', work)].map((reader) => reader(counts)),
        );
        expect(seen).toEqual(all);
        for (const table of Object.keys(sampleRows)) expect(seen?.[table]).toBeGreaterThanOrEqual(TENANTS.length);
      });

      test('writes nothing, makes nothing and takes no other role', async () => {
        await as('backup', async (client) => {
          for (const table of Object.keys(sampleRows)) {
            const row = sampleRows[table]?.('tnt_a', 2) ?? {};
            const column = Object.keys(row)[0] ?? '';
            await expect(client.query(insertion(table, row))).rejects.toEqual(refused);
            await expect(client.query(`update ${table} set ${column} = ${column}`)).rejects.toEqual(refused);
            await expect(client.query(`delete from ${table}`)).rejects.toEqual(refused);
            await expect(client.query(`truncate ${table}`)).rejects.toEqual(refused);
          }
          await expect(client.query('create table public.mine (id int)')).rejects.toEqual(refused);
          await expect(client.query('create temp table mine (id int)')).rejects.toEqual(refused);
          await expect(client.query('create schema mine')).rejects.toEqual(refused);
          for (const role of ['techze_owner', 'svc_worker', 'authenticated', 'pg_write_all_data'])
            await expect(client.query(`set role ${role}`)).rejects.toEqual(refused);
        });
      });

      // npm's PostgreSQL comes without pg_dump.
      if (existsSync(join(programs, 'pg_dump')))
        test('dumps the database, and restored that is the database again; the migrator’s dump fails instead of being empty', async () => {
          const run = (program: string, ...options: string[]) =>
            promisify(execFile)(join(programs, program), options, { cwd: '/' });
          const folder = await mkdtemp(join(tmpdir(), 'techze-dump-'));
          try {
            const dump = join(folder, 'dump.sql');
            await run('pg_dump', '--file', dump, urlOf('backup'));
            await expect(run('pg_dump', urlOf('migrator'))).rejects.toThrow('row-level security');

            const restored = freshName();
            await asSuperuser((client) => client.query(`create database ${restored} owner techze_owner`));
            await run('psql', '--quiet', '--set=ON_ERROR_STOP=1', '--file', dump, server.url(restored));
            await prepareCluster(server.url(restored), {});
            expect(await runMigrations(server.url(restored))).toEqual([]);
            for (const what of [counts, owners, policies] as ((client: Client) => Promise<unknown>)[])
              expect(await asSuperuser(what, restored)).toEqual(await asSuperuser(what));
          } finally {
            await rm(folder, { recursive: true });
          }
        }, 60_000);
    });

    describe('the queue', () => {
      test('is let in, and has no right to anything that is ours', async () => {
        await as('queue', async (client) => {
          for (const table of await tables(client))
            await expect(client.query(`select from ${escapeIdentifier(table)}`)).rejects.toEqual(refused);
          await expect(client.query('create table mine (id int)')).rejects.toEqual(refused);
          await expect(client.query('select auth.jwt()')).rejects.toEqual(refused);
          await expect(client.query(`select * from auth.login_lookup('x')`)).rejects.toEqual(refused);
          await expect(client.query('select drop_expired_measurements()')).rejects.toEqual(refused);
        });
      });

      test('takes no other role', async () => {
        const roles = await asSuperuser((client) =>
          client.query<{ name: string }>(`select rolname as name from pg_roles where rolname <> 'techze_queue'`),
        );
        await as('queue', async (client) => {
          for (const role of roles.rows) await expect(client.query(`set role ${role.name}`)).rejects.toEqual(refused);
        });
      });
    });

    describe('the migrator', () => {
      test('is the owner from the start, and no more than that', async () => {
        await as('migrator', async (client) => {
          const who = await client.query(`select session_user, current_user, current_setting('is_superuser') as super`);
          expect(who.rows).toEqual([{ session_user: 'techze_migrator', current_user: 'techze_owner', super: 'off' }]);
          await client.query('begin; create table mine (id int); alter table users add column mine int; rollback');
          for (const statement of [
            'set role svc_identity',
            'set session authorization postgres',
            'create role mine',
            `alter role techze_ai password 'mine'`,
            'select * from pg_authid',
          ])
            await expect(client.query(statement)).rejects.toEqual(refused);
        });
      });

      test('sees no tenant’s rows by accident: it is an error, not an empty table', async () => {
        await as('migrator', async (client) => {
          for (const table of Object.keys(sampleRows))
            for (const statement of [`select count(*) from ${table}`, `delete from ${table}`])
              await expect(client.query(statement)).rejects.toEqual(refused);
        });
      });

      test('migrates a prepared database, and the schema is the one that a superuser’s run makes', async () => {
        const fresh = freshName();
        expect(await prepareCluster(server.url(fresh), {})).toBe(true);
        expect(await prepareCluster(urlOf('migrator', fresh), {})).toBe(false);
        expect((await runMigrations(urlOf('migrator', fresh))).length).toBeGreaterThan(0);
        expect(await asSuperuser(owners, fresh)).toEqual(await asSuperuser(owners));
        expect(await asSuperuser((client) => rowSecurityFaults(client), fresh)).toEqual([]);
      }, 60_000);

      test('is told what has to be prepared, and by whom', async () => {
        const unprepared = (what: string) =>
          `techze_migrator is not a superuser, and the cluster is not prepared: ${what}. ` +
          'Run the migration once with a superuser in DATABASE_ADMIN_URL.';
        const missing = freshName();
        await expect(prepareCluster(urlOf('migrator', missing), {})).rejects.toThrow(
          unprepared(`missing the database ${missing}`),
        );
        await asSuperuser(async (client) => {
          await client.query('alter role backup rename to other');
          await expect(prepareCluster(urlOf('migrator'), {})).rejects.toThrow(unprepared('missing the roles backup'));
          await client.query('alter role other rename to backup');
          await client.query('revoke create on schema auth from techze_owner; alter schema auth owner to postgres');
          await client.query(`revoke connect on database ${name} from techze_ai; alter role techze_ai bypassrls`);
          await expect(prepareCluster(urlOf('migrator'), {})).rejects.toThrow(
            unprepared(
              'techze_ai has BYPASSRLS; techze_owner may not create in schema auth; techze_ai may not connect to the database',
            ),
          );
        });
        await prepareCluster(server.url(name), passwords);
        await prepareCluster(urlOf('migrator'), {});
      });
    });

    test('a superuser that migrates gives its rights up first', async () => {
      const fresh = freshName();
      await prepareCluster(server.url(fresh), {});
      await asSuperuser(
        (client) =>
          client.query(`
          create table seen (who text);
          grant insert on seen to public;
          create function note() returns event_trigger language plpgsql as $$ begin
            insert into public.seen values (concat_ws(' ', session_user, current_user, current_setting('is_superuser')));
          end $$;
          create event trigger note on ddl_command_end execute function note()`),
        fresh,
      );
      await runMigrations(server.url(fresh));
      const { rows } = await asSuperuser((client) => client.query('select distinct who from seen'), fresh);
      expect(rows).toEqual([{ who: 'techze_migrator techze_owner off' }]);
    }, 60_000);

    test('a look-up of log-in with another owner, as a restore may leave it, ends the migration', async () => {
      const lookUp = 'auth.login_lookup(text)';
      await asSuperuser((client) => client.query(`alter function ${lookUp} owner to techze_owner`));
      await expect(runMigrations(urlOf('migrator'))).rejects.toThrow(
        `nobody could log in: ${lookUp} belongs to techze_owner, not to techze_login. ` +
          `As a superuser: ALTER FUNCTION ${lookUp} OWNER TO techze_login;`,
      );
      await asSuperuser((client) => client.query(`alter function ${lookUp} owner to techze_login`));
      expect(await runMigrations(urlOf('migrator'))).toEqual([]);
    });

    test('a membership that is inherited is found, and the queue is a member of nothing', async () => {
      await asSuperuser(async (client) => {
        const { rows } = await client.query<{ each: boolean }>(
          `select current_setting('server_version_num')::int >= 160000 as each`,
        );
        // From 16 on the membership decides, before that the role.
        const [inherit, undo] = rows[0]?.each
          ? ['grant svc_worker to techze_gateway with inherit true', 'revoke svc_worker from techze_gateway']
          : ['alter role techze_gateway inherit', 'alter role techze_gateway noinherit'];
        await client.query(inherit);
        await expect(prepareCluster(urlOf('migrator'), {})).rejects.toThrow('techze_gateway inherits svc_');
        await client.query(undo);
        await client.query('grant svc_ai to techze_queue');
        for (const url of [urlOf('migrator'), server.url(name)])
          await expect(prepareCluster(url, {})).rejects.toThrow('techze_queue is a member of');
        await client.query('revoke svc_ai from techze_queue');
        await prepareCluster(server.url(name), {});
      });
    });

    test('a log-in without a password does not log in, and one whose password is not given keeps it', async () => {
      await prepareCluster(server.url(name), {});
      await as('queue', (client) => client.query('select'));
      await asSuperuser((client) => client.query('alter role techze_queue password null'));
      await expect(as('queue', (client) => client.query('select'))).rejects.toMatchObject({ code: '28P01' });
      await prepareCluster(server.url(name), { queue: passwords.queue });
      await as('queue', (client) => client.query('select'));
    });

    if (isOurs)
      test('npm run migrate says what it did as the migrator, and what it could not', async () => {
        const missing = freshName();
        expect(await migrateBy(urlOf('migrator', missing))).toEqual({
          code: 1,
          said:
            'The migration failed: techze_migrator is not a superuser, and the cluster is not prepared: ' +
            `missing the database ${missing}. Run the migration once with a superuser in DATABASE_ADMIN_URL.\n`,
        });
        expect(await migrateBy(urlOf('migrator'))).toEqual({
          code: 0,
          said: 'Roles and passwords stay as they are: only a superuser sets them.\nThe schema is up to date.\n',
        });
      }, 60_000);

    if (isOurs)
      test('and ours, no log-in is let into any other database', async () => {
        for (const login of logins)
          for (const database of ['postgres', 'template1'])
            await expect(connected(urlOf(login, database), counts)).rejects.toEqual(refused);
      });
  },
);

/** `npm run migrate`, with its exit code and all that it said. */
async function migrateBy(adminUrl: string): Promise<{ code: number; said: string }> {
  const entry = join(compiledLibs(), 'libs', 'database', 'src', 'cli', 'migrate.js');
  const variables = services.map((service) => [`${service.toUpperCase()}_DATABASE_PASSWORD`, passwords[service]]);
  const env = { PATH: process.env.PATH, DATABASE_ADMIN_URL: adminUrl, ...Object.fromEntries(variables) };
  return new Promise((resolve) =>
    execFile(process.execPath, [entry], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr }),
    ),
  );
}

/** Rows of each table. */
async function counts(client: Client): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of Object.keys(sampleRows)) {
    const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from ${table}`);
    found[table] = rows[0]?.n ?? 0;
  }
  return found;
}

/** Every policy, flag and grant. */
async function policies(client: Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `select concat_ws(' ', tablename, policyname, permissive, roles, cmd, qual, with_check) as what from pg_policies
     union all select concat_ws(' ', relname, relrowsecurity, relforcerowsecurity) from pg_class
       where relnamespace = 'public'::regnamespace and relname !~ '^pg_stat'
     union all select concat_ws(' ', table_name, column_name, grantee, privilege_type)
       from information_schema.column_privileges where table_schema = 'public' and table_name !~ '^pg_stat' order by 1`,
  );
  return rows;
}

/** Every table and function with its owner. */
async function owners(client: Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `select relname as name, relowner::regrole::text as owner from pg_class
       where relnamespace = 'public'::regnamespace and relname !~ '^pg_stat'
     union all select oid::regprocedure::text, proowner::regrole::text from pg_proc
       where pronamespace in ('public'::regnamespace, 'auth'::regnamespace) and proname !~ '^pg_stat' order by 1`,
  );
  return rows;
}
