export { auditEventTypes, type AuditEventType } from './audit-event.js';
export { defineCommand, type Command, type Idempotence } from './command.js';
export {
  AgentDescription,
  createDiagnostic,
  CreateDiagnostic,
  CreatedDiagnostic,
  DeviceDescription,
  Diagnostic,
  diagnosticCompleted,
  diagnosticIncludes,
  DiagnosticPage,
  DiagnosticStatus,
  DiagnosticType,
  getDiagnostic,
  GetDiagnostic,
  GetDiagnosticQuery,
  listDiagnostics,
  ListDiagnosticsQuery,
  Section,
  SectionStatus,
  StoredSection,
  type DiagnosticInclude,
} from './diagnostic.js';
export { defineEvent, EventEnvelope, type EventType } from './event.js';
export { Finding, FindingState } from './finding.js';
export { usableIdentifier } from './hardware-identifier.js';
export { Band, Category, categoryWeights, Deduction, Evidence, Health, Severity } from './health.js';
export { checkServiceHealth, HealthReport, SuiteHealthReport } from './health-report.js';
export {
  JsonWebKeySet,
  LoginRequest,
  LoginResponse,
  LogoutRequest,
  RefreshRequest,
  SignedInUser,
  TokenPair,
} from './identity.js';
export { idSchema, newId, newUuid, SYSTEM_TENANT_ID, type IdPrefix } from './ids.js';
export { pageOf, pageQuery } from './page.js';
export { Principal, Role, rolesFrom, userRoles, type UserRole } from './principal.js';
export { Problem, ProblemDocument, ProblemFault, ProblemMessage, type ProblemOptions } from './problem.js';
export { problemCodes, type ProblemCode } from './problem-codes.js';
export { services, type BackendService, type ServiceName } from './services.js';
export { ifMatch, requireVersion, version, type IfMatch } from './version.js';
