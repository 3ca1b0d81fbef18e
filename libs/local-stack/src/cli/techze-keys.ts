#!/usr/bin/env node
import { resolve } from 'node:path';
import { services, type ServiceName } from '@techze/contracts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { KeyRotation } from '../key-rotation.js';
import { LocalStackError } from '../local-stack-error.js';

interface Options {
  readonly service: readonly ServiceName[];
  readonly wait: number;
  readonly metrics: readonly string[];
  readonly now?: boolean;
}

const program = new Command('techze-keys')
  .description('Exchanges the keys that tokens are signed with, under a running suite and without a failed request.')
  .showHelpAfterError();

command(
  'list',
  'the keys there are: which one signs, which waits to, and which are kept for tokens they signed',
  (rotation) => rotation.list(),
);
command(
  'rotate',
  'all of it: publish, wait, sign with the new keys, wait for the last token of the old ones, retire them; about 20 minutes, and may be interrupted and run again',
  (rotation) => rotation.rotate(),
);
command('publish', 'step 1: make the next keys known, so that everybody knows them before they are used', (rotation) =>
  rotation.publish(),
);
command(
  'activate',
  'step 2: sign with the next keys, once everybody has taken them; the older ones still verify',
  (rotation) => rotation.activate(),
);
command('retire', 'step 3: forget the older keys, once no token lives that they signed', (rotation, { now }) =>
  rotation.retire({ now: now === true }),
).option('--now', 'at once, for a key that somebody else may have: its tokens are refused, people refresh');

await program.parseAsync();

function command(
  name: string,
  description: string,
  run: (rotation: KeyRotation, options: Options) => void | Promise<void>,
): Command {
  return program
    .command(name)
    .description(description)
    .argument('<folder>', 'the folder of secrets that make-secrets made, or .techze/secrets of npm start')
    .addOption(
      new Option('--service <name...>', 'whose keys').choices(services).default([...services], 'those of all services'),
    )
    .option('--wait <seconds>', 'in which every process has surely taken files that were exchanged', seconds, 120)
    .option(
      '--metrics <url...>',
      '/metrics of every process: each is asked what it has taken, and none is run ahead of',
      [],
    )
    .action(async (folder: string, options: Options) => {
      try {
        const rotation = new KeyRotation({
          folder: resolve(folder),
          services: options.service,
          loadMs: options.wait * 1_000,
          metrics: options.metrics,
          report: (line) => process.stdout.write(`${line}\n`),
        });
        await run(rotation, options);
      } catch (error) {
        if (!(error instanceof LocalStackError)) throw error;
        process.stderr.write(`techze-keys: ${error.message}\n`);
        process.exitCode = 1;
      }
    });
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('A number of seconds is wanted.');
  return Number(text);
}
