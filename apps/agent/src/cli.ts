import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DiagnosticType } from '@techze/contracts';
import { cleanText } from './collection/clean-data.js';
import { collect, type CollectOptions } from './commands/collect.command.js';
import { run, type RunOptions } from './commands/run.command.js';
import type { Session } from './commands/session.js';
import { type ExitCode, exitCodes, Failure, messageOf } from './failure.js';
import { printable } from './terminal/style.js';
import { AGENT_VERSION } from './version.js';

const exitHelp = `
Exit codes:
  0    done
  1    something unexpected
  2    wrong usage: a flag, an address, missing credentials
  3    nothing of this machine could be read
  4    the log-in was refused
  5    the server refused the diagnostic
  6    the server could not be reached, or was too busy, on every try
  130  interrupted`;

const runHelp = `
Credentials come from the environment (flags would show in the list of processes):
  TECHZE_TOKEN                      an access token, or
  TECHZE_EMAIL and TECHZE_PASSWORD  to log in with
Each may end in _FILE and name a file that holds the value.

Nothing but the server is contacted: the network's latency is the time that a TCP
connection to it takes. Users, process arguments, connections and names of wireless
networks are not collected.`;

const MAX_NOTES = 4_000;
const MAX_TAG = 64;
const MAX_TAGS = 50;

function text(max: number) {
  return (value: string): string => {
    const cleaned = cleanText(value, max + 1);
    if (cleaned.length > 0 && cleaned.length <= max) return cleaned;
    throw new InvalidArgumentError(`Takes 1 to ${max} characters.`);
  };
}

const typeOption = () => new Option('--type <type>', 'what to look at').choices(DiagnosticType.options).default('full');

/** All commands. Their errors come out of `parseAsync`. */
function program(session: Session): Command {
  const root = new Command('techze-agent')
    .description('Diagnoses this machine: reads it, sends the diagnostic, prints the verdict.')
    .version(AGENT_VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', exitHelp)
    .exitOverride()
    .configureOutput({
      writeOut: (output) => session.stdout.write(output),
      writeErr: (output) => session.stderr.write(output),
    })
    .showHelpAfterError('Run techze-agent --help to see how it is used.');

  root
    .command('run')
    .description('read this machine, send the diagnostic, print the verdict')
    .option('--server <url>', 'address of the service (or TECHZE_SERVER)')
    .addOption(typeOption())
    .option('--json', 'print the stored diagnostic as JSON instead of the verdict')
    .option('--save <file>', 'also write the stored diagnostic, as JSON, to this file')
    .option('--notes <text>', 'a remark to keep with the diagnostic', text(MAX_NOTES))
    .option('--tag <tag...>', 'a tag of the diagnostic; may be given again', tags, [])
    .addHelpText('after', runHelp + exitHelp)
    .action((options: RunOptions) => run(session, options));

  root
    .command('collect')
    .description('read this machine and show what was found, without a server')
    .addOption(typeOption())
    .option('--json', 'print the body of POST /api/v1/diagnostics, and nothing else')
    .addHelpText('after', exitHelp)
    .action((options: CollectOptions) => collect(session, options));

  return root;
}

function tags(value: string, previous: string[]): string[] {
  if (previous.length < MAX_TAGS) return [...previous, text(MAX_TAG)(value)];
  throw new InvalidArgumentError(`Takes at most ${MAX_TAGS} tags.`);
}

/** Runs one command line (without node and script). Never throws: what went wrong is on stderr and in the exit code. */
export async function runCli(args: readonly string[], session: Session): Promise<ExitCode> {
  try {
    await program(session).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const failure = error instanceof Failure ? error : new Failure(exitCodes.unexpected, messageOf(error));
    session.stderr.write(`techze-agent: ${printable(failure.message)}\n`);
    for (const hint of failure.hints) session.stderr.write(`  ${printable(hint)}\n`);
    return failure.exitCode;
  }
}
