#!/usr/bin/env node
import { homedir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { runCli } from './cli.js';
import { exitCodes } from './failure.js';
import { openLocalMachine } from './machine/local-machine.js';
import { askSecret } from './terminal/ask-secret.js';

const stop = new AbortController();
let endsItself = false;
for (const [signal, code] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (!endsItself || stop.signal.aborted) process.exit(code);
    stop.abort();
  });
}
// The programs that the library starts need no secrets.
const env = { ...process.env };
for (const name of ['TECHZE_TOKEN', 'TECHZE_PASSWORD', 'TECHZE_ENROLLMENT_TOKEN']) delete process.env[name];
// A reader that has seen enough (`techze-agent collect --json | head`) is no error.
process.stdout.on('error', () => process.exit(exitCodes.ok));

const exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env,
  clock: {
    now: () => Date.now(),
    pause: async (ms, signal) => {
      await pause(ms, undefined, { signal });
    },
    random: Math.random,
  },
  host: { platform: process.platform, isRoot: process.getuid?.() === 0, home: homedir() },
  openMachine: openLocalMachine,
  untilStopped: () => {
    endsItself = true;
    return stop.signal;
  },
  ...(process.stdin.isTTY && {
    askSecret: (question: string) => askSecret(question, process.stdin, process.stderr),
  }),
});
// Not by running out of work: a program that hangs on a dying disk would keep the process.
process.stdout.write('', () => process.exit(exitCode));
