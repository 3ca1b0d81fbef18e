import { defineSection, integer, type SectionValue } from '@techze/config';

/** The database refuses less, whoever asks (`drop_expired_audit`). */
const KEEP_DAYS_MIN = 30;

export const auditRetentionConfig = defineSection(
  'audit retention',
  {
    AUDIT_RETENTION_DAYS: integer(KEEP_DAYS_MIN, 36_500, 400).describe(
      'Days that audit records are kept; then whole months of them are dropped. The same for gateway and automation.',
    ),
  },
  ({ AUDIT_RETENTION_DAYS }) => ({ keepDays: AUDIT_RETENTION_DAYS }),
);
export type AuditRetentionConfig = SectionValue<typeof auditRetentionConfig>;
