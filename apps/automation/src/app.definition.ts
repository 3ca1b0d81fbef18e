import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
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
    acknowledges(diagnosticCompleted),
    acknowledges(diagnosticDeleted),
    acknowledges(findingOpened),
    acknowledges(findingChanged),
    acknowledges(findingResolved),
  ],
};
