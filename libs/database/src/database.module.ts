import { Module, type DynamicModule } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { DataSource } from 'typeorm';
import { Cluster } from './cluster/cluster.js';
import { databaseConfig, type DatabaseConfig } from './database.config.js';
import { Database, SERVICE_ROLE, type ServiceRole } from './database.js';
import { createDataSource, type Entities } from './typeorm/data-source.js';

/** Provides Database everywhere. Needs databaseConfig among the process's sections. */
@Module({})
export class DatabaseModule {
  static forRoot({ role, entities }: { role: ServiceRole; entities: Entities }): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: SERVICE_ROLE, useValue: role },
        {
          provide: Cluster,
          inject: [databaseConfig.token, Logger],
          useFactory: (config: DatabaseConfig, logger: Logger) => new Cluster(config, role, logger.named('database')),
        },
        {
          provide: DataSource,
          inject: [Cluster, databaseConfig.token],
          useFactory: (cluster: Cluster, { nodes, statementTimeoutMs }: DatabaseConfig) =>
            createDataSource(cluster, { database: nodes[0]?.database ?? '', statementTimeoutMs, entities }),
        },
        Database,
      ],
      exports: [Database],
    };
  }
}
