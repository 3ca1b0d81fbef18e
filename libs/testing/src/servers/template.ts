import { createHmac } from 'node:crypto';
import { services, type ServiceName } from '@techze/contracts';
import { prepareDatabase, type PostgresCluster, type ServicePasswords } from '@techze/local-stack';

/** The migrated database that tests' own are copied from. */
export const TEMPLATE = 'techze_template';

/** Roles belong to a cluster, so their passwords do too: derived, and any process of the run can tell them. */
export function servicePasswords(cluster: PostgresCluster): ServicePasswords {
  const entries = services.map((service) => [
    service,
    createHmac('sha256', cluster.password).update(service).digest('hex'),
  ]);
  return Object.fromEntries(entries) as Record<ServiceName, string>;
}

/** Creates roles and template. Nobody may be connected to it while it is copied. */
export async function prepareTemplate(cluster: PostgresCluster): Promise<void> {
  await prepareDatabase(cluster.primary.url(TEMPLATE), servicePasswords(cluster));
  await cluster.primary.query(`alter database ${TEMPLATE} with allow_connections false`);
}
