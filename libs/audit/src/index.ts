export { AuditModule } from './audit.module.js';
export { AuditRecorder, type AuditActor, type AuditRecord } from './audit-recorder.js';
