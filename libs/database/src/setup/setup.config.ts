import { defineSection, required, type SectionValue } from '@techze/config';
import type { ServicePasswords } from './prepare-cluster.js';

/** What the migration job is given; no service process ever is. */
export const setupConfig = defineSection(
  'setup',
  {
    DATABASE_ADMIN_URL: required('the URL of a superuser, naming the database').describe(
      'Superuser of the primary, postgres://user:password@host:port/database; the database is created if absent.',
    ),
    GATEWAY_DATABASE_PASSWORD: required('the password of techze_gateway').describe('Set for role techze_gateway.'),
    DIAGNOSTICS_DATABASE_PASSWORD: required('the password of techze_diagnostics').describe(
      'Set for role techze_diagnostics.',
    ),
    AI_DATABASE_PASSWORD: required('the password of techze_ai').describe('Set for role techze_ai.'),
    AUTOMATION_DATABASE_PASSWORD: required('the password of techze_automation').describe(
      'Set for role techze_automation.',
    ),
    ANALYTICS_DATABASE_PASSWORD: required('the password of techze_analytics').describe(
      'Set for role techze_analytics.',
    ),
  },
  (variables, context) => {
    if (!URL.canParse(variables.DATABASE_ADMIN_URL))
      context.addIssue({ code: 'custom', path: ['DATABASE_ADMIN_URL'], message: 'is not a URL' });
    const passwords: ServicePasswords = {
      gateway: variables.GATEWAY_DATABASE_PASSWORD,
      diagnostics: variables.DIAGNOSTICS_DATABASE_PASSWORD,
      ai: variables.AI_DATABASE_PASSWORD,
      automation: variables.AUTOMATION_DATABASE_PASSWORD,
      analytics: variables.ANALYTICS_DATABASE_PASSWORD,
    };
    return { adminUrl: variables.DATABASE_ADMIN_URL, passwords };
  },
);
export type SetupConfig = SectionValue<typeof setupConfig>;
