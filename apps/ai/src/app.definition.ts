import { acknowledges, eventDelivery, type ServiceDefinition } from '@techze/bootstrap';
import { diagnosticCompleted, diagnosticDeleted } from '@techze/contracts';

export const ai: ServiceDefinition = {
  service: 'ai',
  database: { role: 'svc_ai', entities: [] },
  features: [eventDelivery('ai')],
  controllers: [acknowledges(diagnosticCompleted), acknowledges(diagnosticDeleted)],
};
