import { Client } from 'pg';
import type { ServiceName } from '@techze/contracts';

/** Passwords of the services' login roles. */
export type ServicePasswords = Readonly<Record<ServiceName, string>>;

/** Creates roles and the database that the URL names, then migrates it. */
export async function prepareDatabase(adminUrl: string, passwords: ServicePasswords): Promise<void> {
  // Until libs/database stands (this minute's state of the tree) a database without tables must do.
  const lib = '../../../database/src/index.js';
  const database = (await import(lib).catch(() => undefined)) as
    | {
        prepareCluster(adminUrl: string, passwords: ServicePasswords): Promise<void>;
        runMigrations(adminUrl: string): Promise<void>;
      }
    | undefined;
  if (!database) {
    const url = new URL(adminUrl);
    const client = new Client({ connectionString: new URL('/postgres', url).href });
    await client.connect();
    await client.query(`create database ${url.pathname.slice(1)}`);
    for (const [service, password] of Object.entries(passwords))
      await client.query(`create role techze_${service} login noinherit password '${password}'`);
    await client.query('create role techze_owner nologin');
    return client.end();
  }
  await database.prepareCluster(adminUrl, passwords);
  await database.runMigrations(adminUrl);
}
