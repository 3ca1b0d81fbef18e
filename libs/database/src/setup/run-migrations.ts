import { DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { withLockedConnection } from './admin-connection.js';
import { loginRole } from './roles.js';

/** How long a change waits for a table that is in use: everybody who comes later waits behind it. The job tries again. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Brings the schema up to date, as techze_owner, one transaction a migration. Safe to repeat, also in parallel:
 * whoever comes second waits, then finds it done.
 * @param adminUrl techze_migrator, another member of techze_owner, or a superuser, who acts as techze_migrator here
 * @returns the names of the migrations that were run now
 */
export async function runMigrations(adminUrl: string): Promise<string[]> {
  return withLockedConnection(new URL(adminUrl), async () => {
    const dataSource = new DataSource({
      type: 'postgres',
      url: adminUrl,
      schema: 'public',
      migrations,
      migrationsTableName: 'migrations',
      installExtensions: false,
      applicationName: 'techze migrate',
      logging: false,
    });
    await dataSource.initialize();
    const runner = dataSource.createQueryRunner();
    try {
      await becomeOwner(runner);
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      const run = await executor.executePendingMigrations();
      await requireLookUpsOwned(runner);
      return run.map(({ name }) => name);
    } finally {
      await runner.release();
      await dataSource.destroy();
    }
  });
}

async function becomeOwner(runner: QueryRunner): Promise<void> {
  const [login] = await runner.manager.query<{ superuser: boolean }[]>(
    'select rolsuper as superuser from pg_roles where rolname = session_user',
  );
  // A superuser's rights end here: not even SET ROLE brings them back.
  if (login?.superuser === true) await runner.query(`SET SESSION AUTHORIZATION ${loginRole('migrator')}`);
  await runner.query('SET ROLE techze_owner');
  // A statement that would silently pass over hidden rows fails instead.
  await runner.query('SET row_security TO off');
  await runner.query(`SET lock_timeout TO ${LOCK_TIMEOUT_MS}`);
}

/** What a restore forgets: under any other owner the look-ups of log-in find nobody, and nobody is told why. */
async function requireLookUpsOwned(runner: QueryRunner): Promise<void> {
  const strays = await runner.manager.query<{ look_up: string; owner: string }[]>(
    `select oid::regprocedure::text as look_up, proowner::regrole::text as owner from pg_proc
     where pronamespace = 'auth'::regnamespace and prosecdef and proname ~ '_lookup$'
       and proowner <> 'techze_login'::regrole order by 1`,
  );
  if (strays.length === 0) return;
  const mend = strays.map(({ look_up }) => `ALTER FUNCTION ${look_up} OWNER TO techze_login;`).join(' ');
  throw new Error(
    `nobody could log in: ${strays.map(({ look_up, owner }) => `${look_up} belongs to ${owner}`).join(', ')}, ` +
      `not to techze_login. As a superuser: ${mend}`,
  );
}
