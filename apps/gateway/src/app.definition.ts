import type { ServiceDefinition } from '@techze/bootstrap';
import { IdentityModule } from './auth/identity.module.js';
import { RefreshToken } from './auth/refresh-token.entity.js';
import { Session } from './auth/session.entity.js';
import { User } from './auth/user.entity.js';
import { DiagnosticsController } from './diagnostics/diagnostics.controller.js';
import { configureEdge, edgeOptions } from './edge/configure-edge.js';
import { EdgeModule } from './edge/edge.module.js';
import { gatewayConfig } from './gateway.config.js';
import { SuiteHealthController } from './health/suite-health.controller.js';
import { ThresholdsController } from './thresholds/thresholds.controller.js';

/** The edge of the suite: every request comes in here, and leaves as a command. */
export const gateway: ServiceDefinition = {
  service: 'gateway',
  sections: [gatewayConfig],
  database: { role: 'svc_identity', entities: [User, Session, RefreshToken] },
  features: [IdentityModule, EdgeModule],
  controllers: [DiagnosticsController, SuiteHealthController, ThresholdsController],
  http: { options: edgeOptions, configure: configureEdge },
};
