import { EventEmitter } from 'node:events';
import { defaults, types } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Cluster } from '../cluster/cluster.js';
import type { DatabaseConfig } from '../database.config.js';
import { TenantConnection } from '../tenancy/tenant-connection.js';

export type Entities = NonNullable<DataSourceOptions['entities']>;

type ConnectCallback = (error: undefined, connection: TenantConnection, release: () => void) => void;

/**
 * A stock TypeORM DataSource over the cluster: its `driver` option takes our Pool in the place of pg's.
 * Nothing is asked of any server until the first statement, so a process starts while its database is away.
 */
export function createDataSource(
  cluster: Cluster,
  { nodes, statementTimeoutMs }: DatabaseConfig,
  entities: Entities,
): DataSource {
  class Pool extends EventEmitter {
    connect(callback: ConnectCallback): void {
      const connection = new TenantConnection(cluster, statementTimeoutMs);
      callback(undefined, connection, () => void connection.release());
    }

    /** The connections are the cluster's, which outlives TypeORM. */
    end(callback: () => void): void {
      callback();
    }
  }

  const dataSource = new DataSource({
    type: 'postgres',
    database: nodes[0]?.database ?? '',
    schema: 'public',
    entities,
    driver: { Pool, defaults, types },
    installExtensions: false,
    synchronize: false,
    logging: false,
  });
  // TypeORM would ask a server for these while it starts. Only its schema builder looks at the version.
  const driver = dataSource.driver as PostgresDriver;
  driver.version = '15.0';
  driver.searchSchema = 'public';
  return dataSource;
}
