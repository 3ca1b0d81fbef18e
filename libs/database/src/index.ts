export { databaseConfig, type DatabaseConfig, type DatabaseNode } from './database.config.js';
export { DatabaseModule } from './database.module.js';
export { Database, type DatabaseSession, type ServiceRole, type SessionIdentity } from './database.js';
export { prepareCluster, type ServicePasswords } from './setup/prepare-cluster.js';
export { runMigrations } from './setup/run-migrations.js';
export { setupConfig, type SetupConfig } from './setup/setup.config.js';
export type { Claims } from './tenancy/identity.js';
