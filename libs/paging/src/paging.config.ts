import { defineSection, required, type SectionValue } from '@techze/config';

export const pagingConfig = defineSection(
  'paging',
  {
    CURSOR_KEY: required('32 random bytes that list cursors are signed with; mount it and set CURSOR_KEY_FILE')
      .regex(/^[A-Za-z0-9_-]{43,}$/, 'must be at least 32 bytes, base64url')
      .describe(
        '32 random bytes, base64url; the same for all replicas of a service. Mount it as a file: CURSOR_KEY_FILE.',
      ),
  },
  (variables) => ({ cursorKey: Buffer.from(variables.CURSOR_KEY, 'base64url') }),
);
export type PagingConfig = SectionValue<typeof pagingConfig>;
