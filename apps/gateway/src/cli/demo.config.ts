import { defineSection, flag, required, type SectionValue } from '@techze/config';
import { z } from 'zod';

export const demoConfig = defineSection(
  'demo',
  {
    TECHZE_DEMO: flag(false).describe('Makes two demo tenants with accounts. Never in production.'),
    DEMO_ACCOUNTS_FILE: required('the file that keeps the demo accounts').describe(
      'Where the demo accounts are kept (0600).',
    ),
    NODE_ENV: z.string().optional(),
  },
  (variables, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['TECHZE_DEMO'], message });
    if (!variables.TECHZE_DEMO) refuse('must be true to make demo accounts');
    if (variables.NODE_ENV === 'production') refuse('demo accounts have no place where NODE_ENV is production');
    return { accountsFile: variables.DEMO_ACCOUNTS_FILE };
  },
);
export type DemoConfig = SectionValue<typeof demoConfig>;
