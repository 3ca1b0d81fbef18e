import type { OutputStream } from '../terminal/style.js';
import type { SystemProbe } from '../machine/system-probe.js';
import type { RetryClock } from '../upload/retry.js';

export interface Output extends OutputStream {
  write(text: string): unknown;
}

/** What a command has of the world; `main` gives the real one. */
export interface Session {
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  clock: RetryClock;
  openMachine(): Promise<SystemProbe & { close(): void }>;
}
