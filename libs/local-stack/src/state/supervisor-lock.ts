import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { LocalStackError } from '../local-stack-error.js';
import { identify, isSame, type ProcessIdentity } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import type { StateFolder } from './state-folder.js';

/** Who looks after the suite of a state folder, and who started that. */
export interface Supervisor extends ProcessIdentity {
  /** npm, usually: when it is killed, its supervisor stops the suite. */
  readonly launcher?: ProcessIdentity | undefined;
}

/** At most one supervisor a state folder. */
export class SupervisorLock {
  private constructor(private readonly file: string) {}

  /** @throws LocalStackError when another one lives, with where its suite is */
  static async acquire(state: StateFolder, launcher?: ProcessIdentity): Promise<SupervisorLock> {
    const lock = new SupervisorLock(state.supervisorFile);
    const me: Supervisor = { ...(identify(process.pid) ?? { pid: process.pid, started: '' }), launcher };
    while (!lock.take(me)) {
      const holder = supervisorOf(state);
      // One whose launcher is gone is stopping its suite: it has seconds to live.
      if (holder?.launcher && !isSame(holder.launcher))
        await waitFor(() => !isSame(holder), { timeoutMs: 30_000 }).catch(() => {});
      const alive = supervisorOf(state);
      if (alive)
        throw new LocalStackError(
          `The suite is already running${whereOf(state)} (pid ${alive.pid}). Stop it with: npm run stop`,
        );
      rmSync(lock.file, { force: true });
    }
    return lock;
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  /** A link appears with its content: nobody ever reads half a lock. */
  private take(me: Supervisor): boolean {
    const unlinked = `${this.file}.${process.pid}`;
    writeFileSync(unlinked, JSON.stringify(me), { mode: 0o600 });
    try {
      linkSync(unlinked, this.file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    } finally {
      rmSync(unlinked, { force: true });
    }
  }
}

/** The living supervisor of a state folder, if any. */
export function supervisorOf(state: StateFolder): Supervisor | undefined {
  try {
    const supervisor = JSON.parse(readFileSync(state.supervisorFile, 'utf8')) as Supervisor;
    return isSame(supervisor) ? supervisor : undefined;
  } catch {
    return undefined;
  }
}

function whereOf(state: StateFolder): string {
  try {
    return ` at ${(JSON.parse(readFileSync(state.demoFile, 'utf8')) as { base_url: string }).base_url}`;
  } catch {
    return ', still starting';
  }
}
