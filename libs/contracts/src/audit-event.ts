/** What happened, in the audit's words (security.md, "Audit"). */
export const auditEventTypes = [
  'LOGIN_SUCCEEDED',
  'LOGIN_FAILED',
  'LOGOUT',
  'REFRESH_REUSE',
  'DIAGNOSTIC_CREATED',
  'DIAGNOSTIC_READ',
] as const;
export type AuditEventType = (typeof auditEventTypes)[number];
