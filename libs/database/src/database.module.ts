import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { databaseConfig, type DatabaseConfig } from './database.config.js';
import { Database, type DatabaseOptions } from './database.js';

/** Provides Database everywhere, and keeps it as long as the process. Needs databaseConfig among the process's sections. */
@Module({})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  static forRoot({ role, entities }: Pick<DatabaseOptions, 'role' | 'entities'>): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [databaseConfig.token, Logger],
          useFactory: (config: DatabaseConfig, logger: Logger) => new Database(config, { role, entities, logger }),
        },
      ],
      exports: [Database],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.database.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
