import { defineSection, type SectionValue } from '@techze/config';
import { rate } from './rate.js';
import type { ClassRates } from './rate-class.js';

export const limitsConfig = defineSection(
  'limits',
  {
    RATE_LIMIT_DEFAULT: rate('100/minute').describe(
      'Requests of one user or agent to routes of no other class: a number per second, minute, hour or day. A tenant has ten times as many.',
    ),
    RATE_LIMIT_AUTH: rate('10/minute').describe(
      'The same for log-in and the like, before it by source address; also attempts to log in to one account from one source, ten times as many from all of them. Ten times as many failures of all kinds per source.',
    ),
    RATE_LIMIT_API_HEAVY: rate('20/minute').describe('The same for reports, AI, audit and queries of one’s own.'),
    RATE_LIMIT_DIAGNOSTICS: rate('50/minute').describe('The same for diagnostics.'),
  },
  (variables): ClassRates => ({
    default: variables.RATE_LIMIT_DEFAULT,
    auth: variables.RATE_LIMIT_AUTH,
    api_heavy: variables.RATE_LIMIT_API_HEAVY,
    diagnostics: variables.RATE_LIMIT_DIAGNOSTICS,
  }),
);
export type LimitsConfig = SectionValue<typeof limitsConfig>;
