import { defineSection, required, type SectionValue } from '@techze/config';
import { parseAuditPublicKeys } from './trail/audit-keys.js';

export const auditKeysConfig = defineSection(
  'audit keys',
  {
    AUDIT_PUBLIC_KEY: required('the public half of AUDIT_SIGNING_KEY; mount it and set AUDIT_PUBLIC_KEY_FILE').describe(
      'Ed25519 public key in PEM that the audit trail is checked with; after a rotation all of them, one behind the other. Mount it as a file: AUDIT_PUBLIC_KEY_FILE.',
    ),
  },
  (variables, context) => {
    try {
      return { publicKeys: parseAuditPublicKeys(variables.AUDIT_PUBLIC_KEY) };
    } catch (error) {
      const message = error instanceof Error ? error.message : 'cannot be read';
      context.addIssue({ code: 'custom', path: ['AUDIT_PUBLIC_KEY'], message });
      return undefined as never;
    }
  },
);
export type AuditKeysConfig = SectionValue<typeof auditKeysConfig>;
