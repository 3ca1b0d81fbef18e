import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceName } from '@techze/contracts';
import { Database } from '@techze/database';
import { Logger } from '@techze/observability';
import { RedisConnections } from '@techze/transport';
import { BreakerResetListener } from './breaker-reset-listener.js';
import { PoolReporter } from './pool-reporter.js';
import { PoolReports } from './pool-reports.js';

/** This process reports its pool, hears of resets, and can read what all the others report. */
@Module({})
export class PoolReportsModule {
  static forRoot({ service }: { service: ServiceName }): DynamicModule {
    return {
      module: PoolReportsModule,
      global: true,
      providers: [
        {
          provide: PoolReports,
          inject: [Database, RedisConnections, Logger],
          useFactory: (database: Database, connections: RedisConnections, logger: Logger) =>
            new PoolReports(service, database, connections, logger.named('pool')),
        },
        PoolReporter,
        BreakerResetListener,
      ],
      exports: [PoolReports],
    };
  }
}
