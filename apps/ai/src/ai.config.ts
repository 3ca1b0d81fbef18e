import { defineSection, randomKey, type SectionValue } from '@techze/config';

export const aiConfig = defineSection(
  'ai',
  {
    AI_STATE_KEY: randomKey(
      '32 random bytes that the states of detectors are signed with; mount it and set AI_STATE_KEY_FILE',
    ).describe('32 random bytes, base64url; the same for all replicas of ai. Mount it as a file: AI_STATE_KEY_FILE.'),
  },
  (variables) => ({ stateKey: variables.AI_STATE_KEY }),
);
export type AiConfig = SectionValue<typeof aiConfig>;
