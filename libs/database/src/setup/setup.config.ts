import { defineSection, required, type SectionValue } from '@techze/config';
import { z } from 'zod';
import type { LoginPasswords } from './prepare-cluster.js';

/** What the migration job is given; no service process ever is. */
export const setupConfig = defineSection(
  'setup',
  {
    DATABASE_ADMIN_URL: required('the URL of a superuser or of techze_migrator, naming the database').describe(
      'Superuser of the primary, postgres://user:password@host:port/database; the database is created if absent. techze_migrator, once a superuser has prepared all else.',
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
    MIGRATOR_DATABASE_PASSWORD: z.string().optional().describe('Set for role techze_migrator, if given.'),
    QUEUE_DATABASE_PASSWORD: z.string().optional().describe('Set for role techze_queue, if given.'),
    BACKUP_DATABASE_PASSWORD: z.string().optional().describe('Set for role backup, if given.'),
  },
  (variables, context) => {
    if (!URL.canParse(variables.DATABASE_ADMIN_URL))
      context.addIssue({ code: 'custom', path: ['DATABASE_ADMIN_URL'], message: 'is not a URL' });
    const passwords: LoginPasswords = {
      gateway: variables.GATEWAY_DATABASE_PASSWORD,
      diagnostics: variables.DIAGNOSTICS_DATABASE_PASSWORD,
      ai: variables.AI_DATABASE_PASSWORD,
      automation: variables.AUTOMATION_DATABASE_PASSWORD,
      analytics: variables.ANALYTICS_DATABASE_PASSWORD,
      migrator: variables.MIGRATOR_DATABASE_PASSWORD,
      queue: variables.QUEUE_DATABASE_PASSWORD,
      backup: variables.BACKUP_DATABASE_PASSWORD,
    };
    return { adminUrl: variables.DATABASE_ADMIN_URL, passwords };
  },
);
export type SetupConfig = SectionValue<typeof setupConfig>;
