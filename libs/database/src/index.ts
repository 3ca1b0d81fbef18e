export { databaseConfig, type DatabaseConfig, type DatabaseNode } from './database.config.js';
export { DatabaseModule } from './database.module.js';
export {
  Database,
  openDatabase,
  type DatabaseOptions,
  type DatabaseSession,
  type Pool,
  type ServiceRole,
  type SessionIdentity,
} from './database.js';
export { prepareCluster, type LoginPasswords } from './setup/prepare-cluster.js';
export { loginRole, loginRoles, logins, type LoginName } from './setup/roles.js';
export { runMigrations } from './setup/run-migrations.js';
export { setupConfig, type SetupConfig } from './setup/setup.config.js';
export type { Claims } from './tenancy/identity.js';
export { HourlyUpkeep } from './upkeep.js';
