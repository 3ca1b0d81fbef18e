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

export const ai: ServiceDefinition = {
  service: 'ai',
  database: { role: 'svc_ai', entities: [] },
  features: [eventDelivery('ai')],
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
