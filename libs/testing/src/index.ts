export {
  freePort,
  waitFor,
  type AppProcess,
  type Demo,
  type LocalStack,
  type PostgresCluster,
  type PostgresNode,
  type RedisServer,
} from '@techze/local-stack';
export { ownState, startPostgres, startRedis } from './servers/own-servers.js';
export {
  sharedCluster,
  testDatabase,
  type NodeSettings,
  type TestDatabase,
  type TestDatabaseOptions,
} from './servers/test-database.js';
export { fullSize } from './run/full-size.js';
export { compiledLibs, sharedSuite } from './run/shared-servers.js';
export { NO_BYSTANDERS, startSuite, type Suite, type SuiteOptions } from './suite/suite.js';
