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

export const automation: ServiceDefinition = {
  service: 'automation',
  database: { role: 'svc_automation', entities: [] },
  features: [eventDelivery('automation')],
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
