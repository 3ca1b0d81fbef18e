import { defineSection, integer, randomKey, type SectionValue } from '@techze/config';

export const aiConfig = defineSection(
  'ai',
  {
    AI_STATE_KEY: randomKey(
      '32 random bytes that the states of detectors are signed with; mount it and set AI_STATE_KEY_FILE',
    ).describe('32 random bytes, base64url; the same for all replicas of ai. Mount it as a file: AI_STATE_KEY_FILE.'),
    // Not by the processors that Node sees: of a node they may be many more than the container may use.
    AI_WORKER_THREADS: integer(1, 16, 2).describe(
      'Threads that compute. Each may take 256 MiB and some: 2 fit into 1 GiB with the process itself.',
    ),
  },
  (variables) => ({ stateKey: variables.AI_STATE_KEY, threads: variables.AI_WORKER_THREADS }),
);
export type AiConfig = SectionValue<typeof aiConfig>;
