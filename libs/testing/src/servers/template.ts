import { createHmac } from 'node:crypto';
import { logins, type LoginName } from '@techze/database';
import { prepareDatabase, type DatabasePasswords, type PostgresCluster } from '@techze/local-stack';

/** The migrated database that tests' own are copied from. */
export const TEMPLATE = 'techze_template';

/** Roles belong to a cluster, so their passwords do too: derived, and any process of the run can tell them. */
export function databasePasswords(cluster: PostgresCluster): DatabasePasswords {
  const entries = logins.map((login) => [login, createHmac('sha256', cluster.password).update(login).digest('hex')]);
  return Object.fromEntries(entries) as Record<LoginName, string>;
}

/** Creates roles and template. Nobody may be connected to it while it is copied. */
export async function prepareTemplate(cluster: PostgresCluster): Promise<void> {
  await prepareDatabase(cluster.primary.url(TEMPLATE), databasePasswords(cluster));
  await cluster.primary.query(`alter database ${TEMPLATE} with allow_connections false`);
}
