import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, type LoadedConfig } from '@techze/config';
import { DatabaseModule } from '@techze/database';
import { ObservabilityModule, type Logger } from '@techze/observability';
import { Passwords } from '../auth/passwords.js';
import { DemoSeed } from './demo-seed.js';

/** As much of the gateway as making accounts needs. */
@Module({})
export class DemoModule {
  static forRoot(config: LoadedConfig, logger: Logger): DynamicModule {
    return {
      module: DemoModule,
      imports: [
        ConfigModule.forRoot(config),
        ObservabilityModule.forRoot(logger),
        DatabaseModule.forRoot({ role: 'svc_identity', entities: [] }),
      ],
      providers: [Passwords, DemoSeed],
    };
  }
}
