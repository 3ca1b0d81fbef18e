import { auditDataConfig, AuditModule } from '@techze/audit';
import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
  deviceDeleted,
  deviceEnrolled,
  deviceHardwareChanged,
  deviceIdentityConflict,
  findingChanged,
  findingOpened,
  findingResolved,
} from '@techze/contracts';
import { IdempotencyModule } from '@techze/idempotency';
import { pagingConfig } from '@techze/paging';
import { aiConfig } from './ai.config.js';
import { AnomaliesModule } from './anomalies/anomalies.module.js';
import { AnomalyRow } from './anomalies/anomaly.entity.js';
import { RecommendationsModule } from './recommendations/recommendations.module.js';
import { WorkersModule } from './workers/workers.module.js';

export const ai: ServiceDefinition = {
  service: 'ai',
  sections: [aiConfig, auditDataConfig, pagingConfig],
  database: { role: 'svc_ai', entities: [AnomalyRow] },
  features: [
    eventDelivery('ai'),
    IdempotencyModule.forRoot(),
    AuditModule.forRoot(),
    WorkersModule,
    AnomaliesModule,
    RecommendationsModule,
  ],
  controllers: [
    acknowledges(deviceDeleted),
    acknowledges(deviceEnrolled),
    acknowledges(deviceHardwareChanged),
    acknowledges(deviceIdentityConflict),
    acknowledges(findingOpened),
    acknowledges(findingChanged),
    acknowledges(findingResolved),
  ],
};
