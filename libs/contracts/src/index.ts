export { auditEventTypes, type AuditEventType } from './audit-event.js';
export { defineCommand, type Command, type Idempotence } from './command.js';
export {
  ChangeCustomer,
  changeCustomer,
  CreateCustomer,
  createCustomer,
  CreatedCustomer,
  Customer,
  CustomerPage,
  DeleteCustomer,
  deleteCustomer,
  GetCustomer,
  getCustomer,
  ListCustomersQuery,
  listCustomers,
  PatchCustomer,
} from './customer.js';
export {
  ChangeDevice,
  changeDevice,
  CreateDevice,
  createDevice,
  CreatedDevice,
  DeleteDevice,
  deleteDevice,
  Device,
  deviceEnrolled,
  DeviceEvent,
  DeviceEventType,
  deviceHardwareChanged,
  deviceIdentityConflict,
  DeviceList,
  DevicePage,
  GetDevice,
  getDevice,
  Hardware,
  HardwareChange,
  HardwarePart,
  IdentityState,
  ListDevicesQuery,
  listDevices,
  PatchDevice,
  RevokeDevice,
  revokeDevice,
} from './device.js';
export {
  AgentDescription,
  createDiagnostic,
  CreateDiagnostic,
  CreatedDiagnostic,
  DeviceDescription,
  Diagnostic,
  diagnosticCompleted,
  diagnosticDeleted,
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
export {
  CreateDiagnosticBatch,
  createDiagnostics,
  CreateDiagnostics,
  CreatedDiagnostics,
  DiagnosticBatchItem,
  DiagnosticBatchResult,
} from './diagnostic-batch.js';
export { DiagnosticDiff, DiffDiagnostic, diffDiagnostic, DiffDiagnosticQuery } from './diagnostic-diff.js';
export {
  ChangeDiagnostic,
  changeDiagnostic,
  DeleteDiagnostic,
  deleteDiagnostic,
  PatchDiagnostic,
  RequestDiagnostic,
  requestDiagnostic,
} from './diagnostic-edits.js';
export { RescoredDiagnostic, RescoreDiagnostic, rescoreDiagnostic } from './diagnostic-rescore.js';
export {
  AdmitAgent,
  admitAgent,
  AdmittedAgent,
  CreateEnrollmentToken,
  DEVICE_CREDENTIAL_PREFIX,
  EnrollDevice,
  EnrolledDevice,
  ENROLLMENT_TOKEN_PREFIX,
  EnrollmentToken,
  EnrollmentTokenPage,
  ListEnrollmentTokensQuery,
  listEnrollmentTokens,
  NewEnrollmentToken,
  RevokeEnrollmentToken,
  revokeEnrollmentToken,
  StoredEnrollmentToken,
  StoreEnrollmentToken,
  storeEnrollmentToken,
} from './enrollment.js';
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
export { Measurement, measurementUnits, metricName } from './measurement.js';
export { pageOf, pageQuery } from './page.js';
export { Principal, Role, rolesFrom, userRoles, type UserRole } from './principal.js';
export { Problem, ProblemDocument, ProblemFault, ProblemMessage, type ProblemOptions } from './problem.js';
export { problemCodes, type ProblemCode } from './problem-codes.js';
export { services, type BackendService, type ServiceName } from './services.js';
export {
  ChangeSite,
  changeSite,
  CreatedSite,
  CreateSite,
  createSite,
  DeleteSite,
  deleteSite,
  GetSite,
  getSite,
  ListSitesQuery,
  listSites,
  PatchSite,
  Site,
  SitePage,
} from './site.js';
export {
  ChangeThreshold,
  changeThreshold,
  CheckLevels,
  CreatedThreshold,
  CreateThreshold,
  createThreshold,
  DeleteThreshold,
  deleteThreshold,
  EffectiveThresholds,
  EffectiveThresholdsQuery,
  getEffectiveThresholds,
  GetThreshold,
  getThreshold,
  getThresholdCatalogue,
  ListThresholdsQuery,
  listThresholds,
  PatchThreshold,
  PreviewedAlert,
  PreviewThreshold,
  previewThreshold,
  Threshold,
  ThresholdCatalogue,
  ThresholdLevels,
  ThresholdPage,
  ThresholdPreview,
  ThresholdScope,
} from './threshold.js';
export { ifMatch, requireVersion, version, type IfMatch } from './version.js';
