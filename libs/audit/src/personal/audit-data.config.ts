import { defineSection, randomKey, type SectionValue } from '@techze/config';

export const auditDataConfig = defineSection(
  'audit data',
  {
    AUDIT_DATA_KEY: randomKey(
      "the key that tenants' keys of personal data are wrapped with; mount it and set AUDIT_DATA_KEY_FILE",
    ).describe(
      '32 random bytes, base64url; the same for gateway, diagnostics, ai and automation, and never changed: it opens the keys of personal data in the audit trail. Mount it as a file: AUDIT_DATA_KEY_FILE.',
    ),
  },
  ({ AUDIT_DATA_KEY }) => ({ wrappingKey: AUDIT_DATA_KEY.subarray(0, 32) }),
);
export type AuditDataConfig = SectionValue<typeof auditDataConfig>;
