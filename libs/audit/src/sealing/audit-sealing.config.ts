import { defineSection, required, type SectionValue } from '@techze/config';
import { parseAuditSigningKey } from '../trail/audit-keys.js';

export const auditSealingConfig = defineSection(
  'audit sealing',
  {
    AUDIT_SIGNING_KEY: required(
      'the private key that batches of the audit trail are signed with; mount it and set AUDIT_SIGNING_KEY_FILE',
    ).describe('Ed25519 private key in PEM (PKCS#8), of automation only. Mount it as a file: AUDIT_SIGNING_KEY_FILE.'),
  },
  (variables, context) => {
    try {
      return { signingKey: parseAuditSigningKey(variables.AUDIT_SIGNING_KEY) };
    } catch (error) {
      const message = error instanceof Error ? error.message : 'cannot be read';
      context.addIssue({ code: 'custom', path: ['AUDIT_SIGNING_KEY'], message });
      return undefined as never;
    }
  },
);
export type AuditSealingConfig = SectionValue<typeof auditSealingConfig>;
