export { analyze, Analysis, Analyze, Forecast, type SmartSnapshot } from './ai-analyze.js';
export {
  AiSensitivity,
  DetectAnomalies,
  detectAnomalies,
  DetectedAnomalies,
  DetectedAnomaly,
} from './ai-anomaly-detect.js';
export { AI_ROWS_MAX, AiQuality, InlineSeries } from './ai-input.js';
export { PatternTask, RecognisedPatterns, RecognisePatterns, recognisePatterns } from './ai-pattern-recognition.js';
export { API_KEY_PREFIX, ApiKey, ApiKeyPage, CreateApiKey, ListApiKeysQuery, NewApiKey } from './api-key.js';
export {
  AnomalyFeedback,
  anomalyDetected,
  AnomalyKind,
  AnomalyPage,
  AnomalyPreview,
  AnomalyRate,
  AnomalyState,
  AnomalyVerdict,
  DeviceAnomaly,
  GetAnomaly,
  getAnomaly,
  getAnomalyRate,
  JudgedAnomaly,
  judgeAnomaly,
  ListAnomaliesQuery,
  listAnomalies,
  PreviewAnomalies,
  previewAnomalies,
} from './anomaly.js';
export {
  AuditEvent,
  AuditHead,
  AuditPage,
  AuditProof,
  AuditVerification,
  ExportAuditQuery,
  ListAuditQuery,
  VerifyAuditQuery,
  type AuditFilters,
} from './audit.js';
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
  deviceDeleted,
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
export { eventTypes, shownEventTypes, StreamedEvent, StreamEndReason, StreamEventsQuery } from './event-stream.js';
export {
  AcknowledgeFinding,
  acknowledgeFinding,
  Acknowledgement,
  AcknowledgementRule,
  ChangedFinding,
  DeviceFinding,
  FalsePositiveFinding,
  falsePositiveFinding,
  Finding,
  findingChanged,
  FindingDetail,
  FindingNews,
  findingOpened,
  FindingPage,
  FindingReason,
  findingResolved,
  FindingState,
  FindingTransition,
  GetFinding,
  getFinding,
  ListFindingsQuery,
  listFindings,
  ResolveFinding,
  resolveFinding,
} from './finding.js';
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
export { toFaults } from './faults.js';
export { Freight } from './freight.js';
export { inspectJson, UnparsedJson } from './json-limits.js';
export { keyAreas, keyScopes, type KeyArea, type KeyScope } from './key-scopes.js';
export { Measurement, measurementUnits, metricName } from './measurement.js';
export {
  ChangeMaintenanceWindow,
  changeMaintenanceWindow,
  CreatedMaintenanceWindow,
  CreateMaintenanceWindow,
  createMaintenanceWindow,
  DeleteMaintenanceWindow,
  deleteMaintenanceWindow,
  GetMaintenanceWindow,
  getMaintenanceWindow,
  ListMaintenanceWindowsQuery,
  listMaintenanceWindows,
  ListSuppressions,
  ListSuppressionsQuery,
  listSuppressions,
  MaintenanceWindow,
  MaintenanceWindowPage,
  PatchMaintenanceWindow,
  Suppression,
  SuppressionPage,
} from './maintenance-window.js';
export { pageOf, pageQuery } from './page.js';
export {
  AcceptInvitation,
  ChangePassword,
  ConfirmPasswordReset,
  ONE_TIME_TOKEN_PREFIX,
  RequestPasswordReset,
} from './password.js';
export {
  BREAKER_RESET_TOPIC,
  BreakerReset,
  BreakerState,
  NodeMeasurements,
  NodeTotals,
  NodeView,
  PoolHealth,
  PoolMetrics,
  PoolReport,
  PoolStats,
  PoolView,
  ResetBreaker,
} from './pool.js';
export { keyRoles, nameOf, Principal, Role, rolesFrom, userRoles, type KeyRole, type UserRole } from './principal.js';
export { Problem, ProblemDocument, ProblemFault, ProblemMessage, type ProblemOptions } from './problem.js';
export { problemCodes, type ProblemCode } from './problem-codes.js';
export {
  Dismissal,
  DismissedRecommendation,
  DismissRecommendation,
  dismissRecommendation,
  ListRecommendationsQuery,
  listRecommendations,
  Recommendation,
  RecommendationCode,
  RecommendationEvidence,
  recommendationId,
  Recommendations,
} from './recommendation.js';
export {
  getReport,
  GetReport,
  GetReportQuery,
  Report,
  ReportLanguage,
  reportLanguages,
  reportMediaTypes,
  type ReportMediaType,
} from './report.js';
export { services, type BackendService, type ServiceName } from './services.js';
export { ListSessionsQuery, SessionPage, SessionView } from './session.js';
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
export { ChangeTenant, CreateTenant, ListTenantsQuery, NewTenant, Tenant, TenantPage } from './tenant.js';
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
export { ChangeUser, CreateUser, Invitation, ListUsersQuery, NewUser, User, UserPage } from './user.js';
export { ifMatch, requireVersion, version, type IfMatch } from './version.js';
