import { defineSection, integer, required, type SectionValue } from '@techze/config';

export const transportConfig = defineSection(
  'transport',
  {
    REDIS_URL: required('redis:// or rediss:// URL of the message bus')
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .describe('The message bus. Its maxmemory-policy must be noeviction.'),
    TRANSPORT_DEADLINE_MS: integer(100, 30_000, 10_000).describe(
      'How long a call waits when its caller sets no limit.',
    ),
    TRANSPORT_CONCURRENCY: integer(1, 4_096, 128).describe('Requests that one process works on at a time.'),
    TRANSPORT_MAX_PENDING: integer(1, 65_536, 1_024).describe(
      'Unanswered requests per called service; more are refused as overloaded.',
    ),
  },
  (variables) => ({
    redisUrl: variables.REDIS_URL,
    deadlineMs: variables.TRANSPORT_DEADLINE_MS,
    concurrency: variables.TRANSPORT_CONCURRENCY,
    maxPending: variables.TRANSPORT_MAX_PENDING,
  }),
);
export type TransportConfig = SectionValue<typeof transportConfig>;
