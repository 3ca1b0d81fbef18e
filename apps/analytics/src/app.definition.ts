import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
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
    acknowledges(diagnosticCompleted),
    acknowledges(diagnosticDeleted),
    acknowledges(findingOpened),
    acknowledges(findingChanged),
    acknowledges(findingResolved),
  ],
};
