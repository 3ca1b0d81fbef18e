import { DataSource, MigrationExecutor } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { withLockedConnection } from './admin-connection.js';

/**
 * Brings the schema up to date, as techze_owner, one transaction a migration. Safe to repeat, also in parallel:
 * whoever comes second waits, then finds it done.
 * @param adminUrl a superuser or a member of techze_owner
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
      await runner.query('SET ROLE techze_owner');
      // A statement that would silently pass over hidden rows fails instead.
      await runner.query('SET row_security TO off');
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      return (await executor.executePendingMigrations()).map(({ name }) => name);
    } finally {
      await runner.release();
      await dataSource.destroy();
    }
  });
}
