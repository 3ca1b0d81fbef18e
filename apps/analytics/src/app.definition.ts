import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
  anomalyDetected,
  deviceDeleted,
  deviceEnrolled,
  deviceHardwareChanged,
  deviceIdentityConflict,
  diagnosticCompleted,
  diagnosticDeleted,
  findingChanged,
  findingOpened,
  findingResolved,
} from '@techze/contracts';
import { UsageModule } from './usage/usage.module.js';

export const analytics: ServiceDefinition = {
  service: 'analytics',
  database: { role: 'svc_analytics', entities: [] },
  features: [eventDelivery('analytics'), UsageModule],
  controllers: [
    acknowledges(deviceDeleted),
    acknowledges(deviceEnrolled),
    acknowledges(deviceHardwareChanged),
    acknowledges(deviceIdentityConflict),
    acknowledges(diagnosticCompleted),
    acknowledges(diagnosticDeleted),
    acknowledges(findingOpened),
    acknowledges(findingChanged),
    acknowledges(findingResolved),
    acknowledges(anomalyDetected),
  ],
};
