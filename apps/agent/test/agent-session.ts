import { setImmediate as turn } from 'node:timers/promises';
import { runCli } from '../src/cli.js';
import type { Session } from '../src/commands/session.js';
import type { SystemProbe } from '../src/machine/system-probe.js';
import type { CycleReport } from '../src/watch/cycle.js';
import { bareMachine } from './machines/bare-machine.js';

export interface SessionFacts {
  env?: Record<string, string>;
  onTerminal?: boolean;
  machine?: SystemProbe;
  /** What is typed when a secret is asked for; without it nobody can be asked. */
  typed?: string;
  /** Told of every wait. */
  onPause?: (ms: number) => void;
  random?: () => number;
  now?: () => number;
}

export interface Ran {
  code: number;
  /** How often the machine was let go. */
  closed: number;
  stdout: string;
  stderr: string;
  /** What the watcher would be told. */
  report: CycleReport | undefined;
}

/** Runs a command line in this process, beside a machine that answers at once; waiting takes no time. */
export async function runAgent(args: string[], facts: SessionFacts = {}): Promise<Ran> {
  const { env = {}, onTerminal = false, machine = bareMachine(), typed, onPause, random = () => 1, now } = facts;
  const printed = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof printed) => ({
    isTTY: onTerminal,
    write: (text: string) => (printed[name] += text),
  });
  let report: CycleReport | undefined;
  let closed = 0;
  const session: Session = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    clock: {
      now: now ?? (() => Date.now()),
      pause: async (ms) => {
        onPause?.(ms);
        await turn();
      },
      random,
    },
    host: { platform: 'linux', isRoot: false, home: '/no/where' },
    openMachine: () => Promise.resolve({ ...machine, close: () => (closed += 1) }),
    report: (told) => {
      report = told;
      return Promise.resolve();
    },
    ...(typed !== undefined && { askSecret: () => Promise.resolve(typed) }),
  };
  const code = await runCli(args, session);
  return { code, closed, ...printed, report };
}
