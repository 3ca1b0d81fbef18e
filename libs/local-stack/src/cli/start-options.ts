import { Command, InvalidArgumentError, Option } from 'commander';
import { parseScale, type Scale } from '../stack/options.js';

export interface StartOptions {
  readonly fresh: boolean;
  readonly agent: boolean;
  readonly watch: boolean;
  readonly scale: Partial<Scale>;
}

/** @param exit false to throw commander's errors instead of ending the process (tests) */
export function parseStartOptions(argv: readonly string[], exit = true): StartOptions {
  const program = new Command('npm start --')
    .description(
      'Brings up the whole suite on this machine: PostgreSQL primary and replica, Redis, five apps, demo tenants; then diagnoses the machine.',
    )
    .option('--fresh', 'remove the data of earlier starts first', false)
    .addOption(
      new Option('--scale <app=count>', 'run several instances of an app; may be repeated')
        .argParser(scale)
        .default({}, 'one of each'),
    )
    .option('--no-agent', 'do not diagnose this machine')
    .option('--watch', 'compile after each change of a source and start the apps again (npm run dev)', false)
    .addHelpText('after', NOTES)
    .showHelpAfterError('(npm start -- --help shows the options)')
    .allowExcessArguments(false);
  if (!exit) program.exitOverride().configureOutput({ writeErr: () => {} });
  return program.parse([...argv], { from: 'user' }).opts<StartOptions>();
}

const NOTES = `
Environment:
  DATABASE_URL     your own PostgreSQL as a superuser; it is prepared, none is started
  DATABASE_NODES   its nodes as JSON: id, host, port, database, weight, is_primary (credentials from DATABASE_URL, or user and password of a node)
  REDIS_URL        your own Redis; none is started
  GATEWAY_PORT     port of the API (PORT does too); 8000 by default, a free one when that is taken

Everything it keeps is in .techze/: data, keys, logs, and demo.json with URLs and log-ins while the suite runs.
Ctrl-C or "npm run stop" stops it.`;

function scale(text: string, before: Partial<Scale>): Partial<Scale> {
  try {
    return parseScale(text, before);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
