import { Module, type DynamicModule } from '@nestjs/common';
import { Logger } from './logger.js';

/** Provides the process's logger everywhere. */
@Module({})
export class ObservabilityModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: ObservabilityModule,
      global: true,
      providers: [{ provide: Logger, useValue: logger }],
      exports: [Logger],
    };
  }
}
