import type { ServiceName } from '@techze/contracts';
import { prepareCluster, runMigrations } from '@techze/database';

/** Passwords of the services' login roles. */
export type ServicePasswords = Readonly<Record<ServiceName, string>>;

/** Creates roles and the database that a superuser's URL names, then brings its tables up to date. */
export async function prepareDatabase(adminUrl: string, passwords: ServicePasswords): Promise<void> {
  await prepareCluster(adminUrl, passwords);
  await runMigrations(adminUrl);
}
