import type { SystemProbe } from './system-probe.js';

/** systemd's name of “Journal stopped”: the last thing that is written before a machine goes down on purpose. */
const JOURNAL_STOPPED = 'd93fb3c9c24d451a97cea615ce59c00b';
/** systemd's name of “a process dumped core”. */
const CORE_DUMPED = 'fc2e22bc6ee647b6b90729ab34a250b1';

const DAYS = 7;
const WINDOW_MS = DAYS * 86_400_000;
const LIMIT_MS = 8_000;
const MAX_LINES = 20_000;
const MAX_BOOTS = 30;
/** What is looked at of a boot's end. */
const TAIL = 30;

class JournalDeniedError extends Error {
  readonly code = 'EACCES';
}

interface JournalEntry {
  MESSAGE_ID?: string;
  __REALTIME_TIMESTAMP?: string;
}

function parseEntries(stdout: string): JournalEntry[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
}

/** The system's own journal of the last seven days, through all boots. */
export class Journal {
  private constructor(private readonly machine: SystemProbe) {}

  /** @throws with code EACCES when only the user's own may be read */
  static async open(machine: SystemProbe): Promise<Journal> {
    const journal = new Journal(machine);
    const { stdout, stderr } = await journal.ask(['--lines=1', '_TRANSPORT=kernel', '--output=cat']);
    if (stdout.trim() !== '') return journal;
    if (machine.isRoot === true) throw new Error('the journal holds no kernel messages');
    throw new JournalDeniedError(stderr.trim() || 'only root and the group systemd-journal may read the journal');
  }

  /** What the kernel warned of: `1763798400.123456 host kernel: message`. */
  kernelWarnings(): Promise<string[]> {
    return this.lines('_TRANSPORT=kernel', '--priority=warning');
  }

  /** How many programs dumped core. */
  async coreDumps(): Promise<number> {
    return (await this.lines(`MESSAGE_ID=${CORE_DUMPED}`)).length;
  }

  /** How many boots just end, without the machine having gone down on purpose. */
  async uncleanEnds(now: Date): Promise<number> {
    let count = 0;
    for (let boot = 1; boot <= MAX_BOOTS; boot++) {
      const { code, stdout } = await this.ask([
        `--boot=-${boot}`,
        `--lines=${TAIL}`,
        '--output=json',
        '--output-fields=MESSAGE_ID',
      ]);
      const entries = parseEntries(stdout);
      const endedAt = Number(entries.at(-1)?.__REALTIME_TIMESTAMP) / 1_000;
      // No such boot, or one before the window: those before it are neither.
      if (code !== 0 || !(endedAt > now.getTime() - WINDOW_MS)) break;
      if (!entries.some((entry) => entry.MESSAGE_ID === JOURNAL_STOPPED)) count += 1;
    }
    return count;
  }

  private async lines(...matches: string[]): Promise<string[]> {
    const window = [`--since=-${DAYS}days`, `--lines=${MAX_LINES}`, '--output=short-unix'];
    return (await this.ask([...matches, ...window])).stdout.split('\n').filter(Boolean);
  }

  private ask(args: readonly string[]) {
    return this.machine.runProgram('journalctl', ['--quiet', '--no-pager', ...args], LIMIT_MS);
  }
}
