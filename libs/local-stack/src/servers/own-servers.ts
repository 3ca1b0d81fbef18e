import type { PostgresCluster } from '../postgres/postgres-cluster.js';
import type { DatabaseServers } from './servers.js';

/** Name of the suite's database on our own PostgreSQL. */
const DATABASE = 'techze';

/** Our own PostgreSQL, as the suite sees it. */
export function databaseOf(cluster: PostgresCluster): DatabaseServers {
  const described = cluster.nodes.map((node) => ({ node, is_primary: node === cluster.primary }));
  return {
    adminUrl: cluster.primary.url(DATABASE),
    nodes: described.map(({ node, is_primary }) => ({
      id: node.id,
      host: '127.0.0.1',
      port: node.port ?? 0,
      database: DATABASE,
      weight: 1,
      is_primary,
    })),
    demo: {
      superuser_url: cluster.primary.url(DATABASE),
      nodes: described.map(({ node, is_primary }) => ({
        id: node.id,
        url: node.url(DATABASE),
        is_primary,
        data_dir: node.dataDir,
      })),
    },
  };
}
