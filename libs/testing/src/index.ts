export { waitFor, type PostgresCluster, type PostgresNode, type RedisServer } from '@techze/local-stack';
export { ownState, startPostgres, startRedis } from './servers/own-servers.js';
export {
  sharedCluster,
  testDatabase,
  type NodeSettings,
  type TestDatabase,
  type TestDatabaseOptions,
} from './servers/test-database.js';
