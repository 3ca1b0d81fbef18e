export { LocalStackError } from './local-stack-error.js';
export { PostgresCluster, type PostgresClusterOptions } from './postgres/postgres-cluster.js';
export type { PostgresNode } from './postgres/postgres-node.js';
export { freePort } from './processes/free-port.js';
export { waitFor } from './processes/wait-for.js';
export { findRedisProgram, type RedisProgram } from './redis/redis-program.js';
export { RedisServer, type RedisServerOptions } from './redis/redis-server.js';
