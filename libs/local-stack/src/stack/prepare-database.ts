import { prepareCluster, runMigrations, type LoginName } from '@techze/database';

/** Passwords of all login roles. */
export type DatabasePasswords = Readonly<Record<LoginName, string>>;

/** Creates roles and the database that a superuser's URL names, then brings its tables up to date. */
export async function prepareDatabase(adminUrl: string, passwords: DatabasePasswords): Promise<void> {
  await prepareCluster(adminUrl, passwords);
  await runMigrations(adminUrl);
}
