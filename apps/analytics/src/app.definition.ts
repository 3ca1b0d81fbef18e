import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
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

export const analytics: ServiceDefinition = {
  service: 'analytics',
  database: { role: 'svc_analytics', entities: [] },
  features: [eventDelivery('analytics')],
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
  ],
};
