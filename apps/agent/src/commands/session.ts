import type { SystemProbe } from '../machine/system-probe.js';
import type { Host } from '../state/state-folder.js';
import type { OutputStream } from '../terminal/style.js';
import type { RetryClock } from '../upload/retry.js';
import type { CycleReport } from '../watch/cycle.js';

export interface Output extends OutputStream {
  write(text: string): unknown;
}

/** What a command has of the world; `main` gives the real one. */
export interface Session {
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  clock: RetryClock;
  host: Host;
  openMachine(): Promise<SystemProbe & { close(): void }>;
  /** Asks for a secret that is not shown while it is typed; undefined where nobody can be asked. */
  askSecret?: (question: string) => Promise<string>;
  /** Tells the watcher whose work this is. */
  report(report: CycleReport): Promise<void>;
}
