import { ConfigurationError, loadConfig } from '@techze/config';
import { prepareCluster } from '../setup/prepare-cluster.js';
import { runMigrations } from '../setup/run-migrations.js';
import { setupConfig, type SetupConfig } from '../setup/setup.config.js';

/** `npm run migrate`: roles, database and schema, once before a rollout. Exit 0 when all is up to date. */
async function migrate(): Promise<void> {
  const { adminUrl, passwords } = loadConfig([setupConfig]).get(setupConfig.token) as SetupConfig;
  if (!(await prepareCluster(adminUrl, passwords)))
    process.stdout.write('Roles and passwords stay as they are: only a superuser sets them.\n');
  const run = await runMigrations(adminUrl);
  process.stdout.write(run.length === 0 ? 'The schema is up to date.\n' : `${run.join('\n')}\n`);
}

migrate().catch((error: unknown) => {
  const expected = error instanceof ConfigurationError;
  process.stderr.write(`${expected ? error.message : `The migration failed: ${describe(error)}`}\n`);
  process.exitCode = 1;
});

/** The server's words and place; never the statement's values, never the URL. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `${error.message || error.name}${code}`;
}
