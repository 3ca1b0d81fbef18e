import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import {
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
    acknowledges(diagnosticCompleted),
    acknowledges(diagnosticDeleted),
    acknowledges(findingOpened),
    acknowledges(findingChanged),
    acknowledges(findingResolved),
  ],
};
