// A process of the bench that only seals.
import { NestFactory } from '@nestjs/core';
import {
  auditDataConfig,
  auditRetentionConfig,
  auditSealingConfig,
  AuditSealingModule,
} from '../../../../dist/libs/audit/src/index.js';
import { ConfigModule, loadConfig } from '../../../../dist/libs/config/src/index.js';
import { databaseConfig, DatabaseModule } from '../../../../dist/libs/database/src/index.js';
import { Logger, ObservabilityModule } from '../../../../dist/libs/observability/src/index.js';

class App {}
const sections = [databaseConfig, auditDataConfig, auditRetentionConfig, auditSealingConfig];
const app = await NestFactory.createApplicationContext(
  {
    module: App,
    imports: [
      ConfigModule.forRoot(loadConfig(sections, process.env)),
      ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
      DatabaseModule.forRoot({ role: 'svc_automation', entities: [] }),
      AuditSealingModule,
    ],
  },
  { logger: false },
);
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.send('ready');
