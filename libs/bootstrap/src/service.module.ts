import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuthModule } from '@techze/auth';
import { ConfigModule, type LoadedConfig } from '@techze/config';
import type { ServiceName } from '@techze/contracts';
import { DatabaseModule } from '@techze/database';
import { ObservabilityModule, type Logger } from '@techze/observability';
import { TransportModule } from '@techze/transport';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { HealthChecks } from './health-checks.js';
import { healthCommandController } from './health-command.controller.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { PoolReportsModule } from './pool-reports.module.js';
import { ProblemFilter } from './problem.filter.js';
import { Readiness } from './readiness.js';
import { SchemaValidationPipe } from './schema-validation.pipe.js';

export interface ServiceModuleOptions {
  readonly service: ServiceName;
  readonly config: LoadedConfig;
  readonly logger: Logger;
  readonly database: Parameters<typeof DatabaseModule.forRoot>[0];
  /** The app's own modules, and controllers that need none. */
  readonly features: NonNullable<DynamicModule['imports']>;
  readonly controllers?: readonly Type[];
}

/** The standard equipment of a process around its own features. */
@Module({})
export class ServiceModule {
  static forRoot({
    service,
    config,
    logger,
    database,
    features,
    controllers = [],
  }: ServiceModuleOptions): DynamicModule {
    return {
      module: ServiceModule,
      imports: [
        ConfigModule.forRoot(config),
        ObservabilityModule.forRoot(logger),
        PrometheusModule.register({ controller: MetricsController }),
        TerminusModule.forRoot({ logger: false }),
        DatabaseModule.forRoot(database),
        TransportModule.forRoot({ service }),
        AuthModule.forRoot({ service }),
        PoolReportsModule.forRoot({ service }),
        ...features,
      ],
      controllers: [
        HealthController,
        ...(service === 'gateway' ? [] : [healthCommandController(service)]),
        ...controllers,
      ],
      providers: [
        Readiness,
        HealthChecks,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: SchemaValidationPipe },
      ],
      exports: [HealthChecks, Readiness],
    };
  }
}
