#!/usr/bin/env node
import { setTimeout as pause } from 'node:timers/promises';
import { runCli } from './cli.js';
import { exitCodes } from './failure.js';
import { openLocalMachine } from './machine/local-machine.js';

for (const [signal, code] of [
  ['SIGINT', exitCodes.interrupted],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}
// The programs that the library starts need no secrets.
const env = { ...process.env };
for (const name of ['TECHZE_TOKEN', 'TECHZE_PASSWORD']) delete process.env[name];
// A reader that has seen enough (`techze-agent collect --json | head`) is no error.
process.stdout.on('error', () => process.exit(exitCodes.ok));

const exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env,
  clock: {
    now: () => Date.now(),
    pause: async (ms) => {
      await pause(ms);
    },
    random: Math.random,
  },
  openMachine: openLocalMachine,
});
// Not by running out of work: a program that hangs on a dying disk would keep the process.
process.stdout.write('', () => process.exit(exitCode));
