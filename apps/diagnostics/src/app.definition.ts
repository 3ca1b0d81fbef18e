import { auditDataConfig, AuditModule } from '@techze/audit';
import { eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import { cacheConfig, CacheModule } from '@techze/cache';
import { IdempotencyModule } from '@techze/idempotency';
import { pagingConfig } from '@techze/paging';
import { CustomerRow } from './customers-and-sites/customer.entity.js';
import { CustomersAndSitesModule } from './customers-and-sites/customers-and-sites.module.js';
import { SiteRow } from './customers-and-sites/site.entity.js';
import { DeviceRow } from './devices/device.entity.js';
import { DevicesModule } from './devices/devices.module.js';
import { DiagnosticSectionRow } from './diagnostics/diagnostic-section.entity.js';
import { DiagnosticRow } from './diagnostics/diagnostic.entity.js';
import { DiagnosticsModule } from './diagnostics/diagnostics.module.js';
import { EnrollmentTokenRow } from './enrollment/enrollment-token.entity.js';
import { EnrollmentModule } from './enrollment/enrollment.module.js';
import { FindingTransitionRow } from './findings/finding-transition.entity.js';
import { FindingRow } from './findings/finding.entity.js';
import { FindingsModule } from './findings/findings.module.js';
import { MaintenanceWindowRow } from './maintenance-windows/maintenance-window.entity.js';
import { MaintenanceWindowsModule } from './maintenance-windows/maintenance-windows.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ThresholdRow } from './thresholds/threshold.entity.js';
import { ThresholdsModule } from './thresholds/thresholds.module.js';

/** Devices, their diagnostics, and what these say. */
export const diagnostics: ServiceDefinition = {
  service: 'diagnostics',
  sections: [auditDataConfig, cacheConfig, pagingConfig],
  database: {
    role: 'svc_diagnostics',
    entities: [
      CustomerRow,
      SiteRow,
      DeviceRow,
      EnrollmentTokenRow,
      DiagnosticRow,
      DiagnosticSectionRow,
      FindingRow,
      FindingTransitionRow,
      MaintenanceWindowRow,
      ThresholdRow,
    ],
  },
  features: [
    eventDelivery('diagnostics'),
    CacheModule.forRoot(),
    IdempotencyModule.forRoot(),
    AuditModule.forRoot(),
    CustomersAndSitesModule,
    DevicesModule,
    EnrollmentModule,
    DiagnosticsModule,
    ThresholdsModule,
    FindingsModule,
    MaintenanceWindowsModule,
    ReportsModule,
  ],
};
