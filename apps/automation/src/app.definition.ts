import { auditDataConfig, auditRetentionConfig, auditSealingConfig, AuditSealingModule } from '@techze/audit';
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

/** Works on its own account, by the clock; also seals the audit trail, whose signing key so never comes near the edge. */
export const automation: ServiceDefinition = {
  service: 'automation',
  sections: [auditSealingConfig, auditDataConfig, auditRetentionConfig],
  database: { role: 'svc_automation', entities: [] },
  features: [eventDelivery('automation'), AuditSealingModule],
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
