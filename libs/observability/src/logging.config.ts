import { defineSection, type SectionValue } from '@techze/config';
import { z } from 'zod';

const level = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']);

export const loggingConfig = defineSection(
  'logging',
  {
    LOG_LEVEL: level.default('info').describe('Least severity on the console.'),
    LOG_FILE: z
      .string()
      .optional()
      .describe('Also write everything from DEBUG up to this file, rotated at 10 MiB, five kept.'),
    LOG_PRETTY: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe('Readable lines; auto does so on a terminal.'),
  },
  (variables) => ({ level: variables.LOG_LEVEL, file: variables.LOG_FILE, pretty: variables.LOG_PRETTY }),
);
export type LoggingConfig = SectionValue<typeof loggingConfig>;
