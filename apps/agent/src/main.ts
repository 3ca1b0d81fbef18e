#!/usr/bin/env node
import { homedir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from './failure.js';
import { askSecret } from './terminal/ask-secret.js';
import type { CycleReport } from './watch/cycle.js';

const args = process.argv.slice(2);
const clock = {
  now: () => Date.now(),
  pause: async (ms: number, signal?: AbortSignal) => {
    await pause(ms, undefined, { signal });
  },
  random: Math.random,
};
// The programs that the library starts need no secrets.
const env = { ...process.env };
for (const name of ['TECHZE_TOKEN', 'TECHZE_PASSWORD', 'TECHZE_ENROLLMENT_TOKEN']) delete process.env[name];
// A reader that has seen enough (`techze-agent collect --json | head`) is no error.
process.stdout.on('error', () => process.exit(exitCodes.ok));

const endings = [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', 143],
] as const;

/** Everything but the watcher. Loaded here and not before, so that the watcher stays small. */
async function runCommand(): Promise<number> {
  for (const [signal, code] of endings) process.once(signal, () => process.exit(code));
  const { runCli } = await import('./cli.js');
  const { openLocalMachine } = await import('./machine/local-machine.js');
  return runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    env,
    clock,
    host: { platform: process.platform, isRoot: process.getuid?.() === 0, home: homedir() },
    openMachine: openLocalMachine,
    report: tellWatcher,
    ...(process.stdin.isTTY && {
      askSecret: (question: string) => askSecret(question, process.stdin, process.stderr),
    }),
  });
}

/** A watcher that is gone by now needs no report. */
async function tellWatcher(report: CycleReport): Promise<void> {
  if (process.connected) await new Promise((sent) => process.send?.(report, undefined, undefined, sent));
}

async function runWatcher(): Promise<number> {
  const stop = new AbortController();
  for (const [signal, code] of endings) {
    process.on(signal, () => (stop.signal.aborted ? process.exit(code) : stop.abort()));
  }
  const { watch } = await import('./watch/watcher.js');
  const { cycleProcess } = await import('./watch/cycle-process.js');
  const [, script = ''] = process.argv;
  return watch({ clock, stderr: process.stderr, signal: stop.signal, cycle: cycleProcess(script, args.slice(1), env) });
}

const exitCode = await (args[0] === 'watch' && !args.includes('--help') ? runWatcher() : runCommand());
// Not by running out of work: a program that hangs on a dying disk would keep the process.
process.stdout.write('', () => process.exit(exitCode));
