import { AuditModule } from '@techze/audit';
import { eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import { cacheConfig, CacheModule } from '@techze/cache';
import { IdempotencyModule } from '@techze/idempotency';
import { pagingConfig } from '@techze/paging';
import { DeviceRow } from './devices/device.entity.js';
import { DiagnosticSectionRow } from './diagnostics/diagnostic-section.entity.js';
import { DiagnosticRow } from './diagnostics/diagnostic.entity.js';
import { DiagnosticsModule } from './diagnostics/diagnostics.module.js';
import { FindingRow } from './findings/finding.entity.js';
import { ThresholdRow } from './thresholds/threshold.entity.js';
import { ThresholdsModule } from './thresholds/thresholds.module.js';

/** Devices, their diagnostics, and what these say. */
export const diagnostics: ServiceDefinition = {
  service: 'diagnostics',
  sections: [cacheConfig, pagingConfig],
  database: {
    role: 'svc_diagnostics',
    entities: [DeviceRow, DiagnosticRow, DiagnosticSectionRow, FindingRow, ThresholdRow],
  },
  features: [
    eventDelivery('diagnostics'),
    CacheModule.forRoot(),
    IdempotencyModule.forRoot(),
    AuditModule.forRoot(),
    DiagnosticsModule,
    ThresholdsModule,
  ],
};
