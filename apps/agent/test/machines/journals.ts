import type { FakePrograms } from './bare-machine.js';

const QUIET = 'journalctl --quiet --no-pager';
const WINDOW = '--since=-7days --lines=20000 --output=short-unix';

/** How a boot ended. */
export interface FakeBoot {
  endedAt: Date;
  clean: boolean;
}

const STOPPED = 'd93fb3c9c24d451a97cea615ce59c00b';

function lastEntries({ endedAt, clean }: FakeBoot): string {
  const time = String(endedAt.getTime() * 1_000);
  const last = { __REALTIME_TIMESTAMP: time, ...(clean && { MESSAGE_ID: STOPPED }) };
  return [{ __REALTIME_TIMESTAMP: time, MESSAGE_ID: 'of something else' }, last]
    .map((entry) => JSON.stringify(entry))
    .join('\n');
}

/** journald's answers on a machine with those warnings of the kernel, core dumps and earlier boots, newest first. */
export function journal(warnings: string[], coreDumps = 0, boots: FakeBoot[] = []): FakePrograms {
  return {
    [`${QUIET} --lines=1 _TRANSPORT=kernel --output=cat`]: { stdout: 'Linux version 6.18.44\n' },
    [`${QUIET} _TRANSPORT=kernel --priority=warning ${WINDOW}`]: { stdout: warnings.join('\n') },
    [`${QUIET} MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1 ${WINDOW}`]: {
      stdout: Array(coreDumps)
        .fill('1763798400.1 pc systemd-coredump[9]: Process 1 (x) of user 0 dumped core.')
        .join('\n'),
    },
    ...Object.fromEntries(
      boots.map((boot, index) => [
        `${QUIET} --boot=-${index + 1} --lines=30 --output=json --output-fields=MESSAGE_ID`,
        { stdout: lastEntries(boot) },
      ]),
    ),
  };
}

/** journald's answer to somebody who may read only what is theirs. */
export const deniedJournal: FakePrograms = {
  [`${QUIET} --lines=1 _TRANSPORT=kernel --output=cat`]: {
    code: 1,
    stderr: 'No journal files were opened due to insufficient permissions.\n',
  },
};
