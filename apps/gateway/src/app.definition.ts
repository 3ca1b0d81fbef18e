import { auditDataConfig, auditKeysConfig, auditRetentionConfig } from '@techze/audit';
import type { ServiceDefinition } from '@techze/bootstrap';
import { limitsConfig } from '@techze/limits';
import { mailConfig } from '@techze/mail';
import { pagingConfig } from '@techze/paging';
import { Account } from './accounts/account.entity.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { AnomaliesController } from './ai/anomalies.controller.js';
import { ApiKeyRow } from './api-keys/api-key.entity.js';
import { ComputationsController } from './ai/computations.controller.js';
import { RecommendationsController } from './ai/recommendations.controller.js';
import { AuditReadingModule } from './audit/audit-reading.module.js';
import { IdentityModule } from './auth/identity.module.js';
import { RefreshToken } from './auth/refresh-token.entity.js';
import { Session } from './auth/session.entity.js';
import { User } from './auth/user.entity.js';
import { CustomersController } from './customers-and-sites/customers.controller.js';
import { SitesController } from './customers-and-sites/sites.controller.js';
import { DevicesController } from './devices/devices.controller.js';
import { DiagnosticBatchesController } from './diagnostics/diagnostic-batches.controller.js';
import { DiagnosticVerdictsController } from './diagnostics/diagnostic-verdicts.controller.js';
import { DiagnosticsController } from './diagnostics/diagnostics.controller.js';
import { admitRequests, configureEdge, edgeOptions } from './edge/configure-edge.js';
import { EdgeModule } from './edge/edge.module.js';
import { EnrollmentModule } from './enrollment/enrollment.module.js';
import { EventsModule } from './events/events.module.js';
import { FindingsController } from './findings/findings.controller.js';
import { gatewayConfig } from './gateway.config.js';
import { SuiteHealthController } from './health/suite-health.controller.js';
import { MaintenanceWindowsController } from './maintenance-windows/maintenance-windows.controller.js';
import { PoolModule } from './pool/pool.module.js';
import { ReportsController } from './reports/reports.controller.js';
import { TenantRow } from './tenants/tenant.entity.js';
import { TenantsModule } from './tenants/tenants.module.js';
import { ThresholdsController } from './thresholds/thresholds.controller.js';
import { UsageModule } from './usage/usage.module.js';

/** The edge of the suite: every request comes in here, and leaves as a command. */
export const gateway: ServiceDefinition = {
  service: 'gateway',
  sections: [
    gatewayConfig,
    limitsConfig,
    auditDataConfig,
    auditKeysConfig,
    auditRetentionConfig,
    mailConfig,
    pagingConfig,
  ],
  database: { role: 'svc_identity', entities: [Account, ApiKeyRow, TenantRow, User, Session, RefreshToken] },
  features: [
    IdentityModule,
    TenantsModule,
    AccountsModule,
    EnrollmentModule,
    EdgeModule,
    PoolModule,
    AuditReadingModule,
    UsageModule,
    EventsModule,
  ],
  controllers: [
    AnomaliesController,
    ComputationsController,
    CustomersController,
    SitesController,
    DevicesController,
    DiagnosticsController,
    DiagnosticBatchesController,
    DiagnosticVerdictsController,
    FindingsController,
    MaintenanceWindowsController,
    RecommendationsController,
    ReportsController,
    SuiteHealthController,
    ThresholdsController,
  ],
  http: { options: edgeOptions, admit: admitRequests, configure: configureEdge },
};
