import { defineSection, randomKey, type SectionValue } from '@techze/config';

export const pagingConfig = defineSection(
  'paging',
  {
    CURSOR_KEY: randomKey(
      '32 random bytes that list cursors are signed with; mount it and set CURSOR_KEY_FILE',
    ).describe(
      '32 random bytes, base64url; the same for all replicas of a service. Mount it as a file: CURSOR_KEY_FILE.',
    ),
  },
  (variables) => ({ cursorKey: variables.CURSOR_KEY }),
);
export type PagingConfig = SectionValue<typeof pagingConfig>;
