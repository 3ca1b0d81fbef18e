import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import { diagnosticCompleted, diagnosticDeleted } from '@techze/contracts';

export const automation: ServiceDefinition = {
  service: 'automation',
  database: { role: 'svc_automation', entities: [] },
  features: [eventDelivery('automation')],
  controllers: [acknowledges(diagnosticCompleted), acknowledges(diagnosticDeleted)],
};
