import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DiagnosticType } from '@techze/contracts';
import { cleanText } from './collection/clean-data.js';
import { collect, type CollectOptions } from './commands/collect.command.js';
import { doctor, type DoctorOptions } from './commands/doctor.command.js';
import { enroll, type EnrollOptions } from './commands/enroll.command.js';
import { run, type RunOptions } from './commands/run.command.js';
import type { Session } from './commands/session.js';
import { flushSpool, listSpool, purgeRejected } from './commands/spool.command.js';
import type { CommonOptions } from './commands/agent-context.js';
import { watchCycle } from './commands/watch-cycle.command.js';
import { type ExitCode, exitCodes, Failure, messageOf } from './failure.js';
import { privacyClasses } from './settings/privacy-classes.js';
import { printable } from './terminal/style.js';
import { AGENT_VERSION } from './version.js';
import { type CycleStage, cycleStages } from './watch/cycle.js';

const exitHelp = `
Exit codes:
  0    done; watch: stopped by SIGTERM or SIGINT
  1    something unexpected
  2    wrong usage: a flag, a setting, an address, missing credentials
  3    nothing of this machine could be read
  4    the log-in, the enrollment token or the credential was refused
  5    the server refused the diagnostic
  6    the server could not be reached, or was too busy, on every try
  7    doctor: something needs attention
  8    another agent is at work on the same state folder
  9    the state folder cannot be used
  130  interrupted`;

const settingsHelp = `
Settings: a flag wins over the environment, which wins over config.json in the state folder.
  --server     TECHZE_SERVER     server
  --type       TECHZE_TYPE       type
  --every      TECHZE_EVERY      every
  --include    TECHZE_INCLUDE    include   a list; in the environment separated by commas
  --tag        TECHZE_TAGS       tags      a list; in the environment separated by commas
  --state-dir  TECHZE_STATE_DIR            the state folder: by default /var/lib/techze-agent for root,
                                           $XDG_STATE_HOME/techze-agent or ~/.local/state/techze-agent,
                                           Library/Application Support on macOS, %LOCALAPPDATA% on Windows
`;

const credentialsHelp = `
An enrolled machine uses its own credential. Without one they come from the environment
(flags would show in the list of processes):
  TECHZE_TOKEN                      an access token, or
  TECHZE_EMAIL and TECHZE_PASSWORD  to log in with
Each may end in _FILE and name a file that holds the value.`;

const privacyHelp = `
Nothing but the server is contacted: the network's latency is the time that a TCP
connection to it takes. Who is logged in, arguments of processes, connections and names
of wireless networks are collected only with --include.`;

const enrollHelp = `
The token comes from --token-file, TECHZE_ENROLLMENT_TOKEN or TECHZE_ENROLLMENT_TOKEN_FILE;
on a terminal it is asked for. It is never a flag: flags show in the list of processes.`;

const spoolHelp = `
Every diagnostic is in the spool before it is sent, and until the server has it: at most 500
diagnostics or 256 MiB. When it is full the oldest is dropped, which is said and counted.`;

const MAX_NOTES = 4_000;

function text(max: number) {
  return (value: string): string => {
    const cleaned = cleanText(value, max + 1);
    if (cleaned.length > 0 && cleaned.length <= max) return cleaned;
    throw new InvalidArgumentError(`Takes 1 to ${max} characters.`);
  };
}

const stateOption = () => new Option('--state-dir <folder>', 'where this agent keeps its things (or TECHZE_STATE_DIR)');
const serverOption = () => new Option('--server <url>', 'address of the service (or TECHZE_SERVER)');
const typeOption = () =>
  new Option('--type <type>', 'what to look at; by default everything').choices(DiagnosticType.options);
const includeOption = () =>
  new Option(
    '--include <classes>',
    `private data to collect as well, separated by commas: ${privacyClasses.join(', ')}`,
  );
const tagOption = () => new Option('--tag <tag...>', 'a tag of the diagnostic; may be given again');

const watchOptions = (command: Command) =>
  command
    .addOption(serverOption())
    .option('--every <time>', 'between two diagnostics, 1m to 7d, give or take a tenth; by default 15m')
    .addOption(typeOption())
    .addOption(includeOption())
    .addOption(tagOption())
    .addOption(stateOption());

/** All commands. Their errors come out of `parseAsync`. */
function program(session: Session): Command {
  const root = new Command('techze-agent')
    .description('Diagnoses this machine: reads it, sends the diagnostic, prints the verdict.')
    .version(AGENT_VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', settingsHelp + exitHelp)
    .exitOverride()
    .configureOutput({
      writeOut: (output) => session.stdout.write(output),
      writeErr: (output) => session.stderr.write(output),
    })
    .showHelpAfterError('Run techze-agent --help to see how it is used.');

  root
    .command('run')
    .description('read this machine, send the diagnostic, print the verdict')
    .addOption(serverOption())
    .addOption(typeOption())
    .addOption(includeOption())
    .addOption(tagOption())
    .option('--notes <text>', 'a remark to keep with the diagnostic', text(MAX_NOTES))
    .option('--json', 'print the stored diagnostic as JSON instead of the verdict')
    .option('--save <file>', 'also write the stored diagnostic, as JSON, to this file')
    .addOption(stateOption())
    .addHelpText('after', credentialsHelp + '\n' + privacyHelp + '\n' + spoolHelp + '\n' + settingsHelp + exitHelp)
    .action((options: RunOptions) => run(session, options));

  root
    .command('collect')
    .description('read this machine and show what was found, without a server')
    .addOption(typeOption())
    .addOption(includeOption())
    .addOption(tagOption())
    .option('--json', 'print the body of POST /api/v1/diagnostics, and nothing else')
    .addOption(stateOption())
    .addHelpText('after', privacyHelp + '\n' + settingsHelp + exitHelp)
    .action((options: CollectOptions) => collect(session, options));

  root
    .command('enroll')
    .description('make this machine a device of the service, with a credential of its own')
    .addOption(serverOption())
    .option('--token-file <file>', 'file that holds the enrollment token')
    .option('--force', 'enroll again a machine that is enrolled')
    .addOption(stateOption())
    .addHelpText('after', enrollHelp + '\n' + exitHelp)
    .action((options: EnrollOptions) => enroll(session, options));

  // `main` starts the watcher itself: this is its help, and below is its work.
  watchOptions(root.command('watch'))
    .description('collect and send again and again, until stopped')
    .addHelpText('after', credentialsHelp + '\n' + privacyHelp + '\n' + spoolHelp + '\n' + settingsHelp + exitHelp);
  watchOptions(root.command('watch-cycle', { hidden: true }))
    .addArgument(new Argument('<stage>').choices(cycleStages))
    .action((stage: CycleStage, options: CommonOptions) => watchCycle(session, stage, options));

  root
    .command('doctor')
    .description('tell what can be read here, what to install, and whether diagnostics get through')
    .addOption(serverOption())
    .option('--json', 'print the checks as JSON')
    .addOption(stateOption())
    .addHelpText('after', credentialsHelp + '\n' + settingsHelp + exitHelp)
    .action((options: DoctorOptions) => doctor(session, options));

  const spool = root
    .command('spool')
    .description('look after the diagnostics that wait to be sent')
    .helpCommand(false)
    .addHelpText('after', spoolHelp + '\n' + exitHelp);
  spool
    .command('list')
    .description('what waits, what was refused, what was lost')
    .option('--json', 'print it as JSON')
    .addOption(stateOption())
    .addHelpText('after', spoolHelp + '\n' + exitHelp)
    .action((options: CommonOptions) => listSpool(session, options));
  spool
    .command('flush')
    .description('send what waits, oldest first')
    .addOption(serverOption())
    .addOption(stateOption())
    .addHelpText('after', credentialsHelp + '\n' + spoolHelp + '\n' + exitHelp)
    .action((options: CommonOptions) => flushSpool(session, options));
  spool
    .command('purge-rejected')
    .description('remove what the server refused for good, and what was damaged')
    .addOption(stateOption())
    .addHelpText('after', spoolHelp + '\n' + exitHelp)
    .action((options: CommonOptions) => purgeRejected(session, options));

  return root;
}

/** Runs one command line (without node and script). Never throws: what went wrong is on stderr and in the exit code. */
export async function runCli(args: readonly string[], session: Session): Promise<ExitCode> {
  try {
    await program(session).parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const failure = error instanceof Failure ? error : new Failure(exitCodes.unexpected, messageOf(error));
    if (failure.message) session.stderr.write(`techze-agent: ${printable(failure.message)}\n`);
    for (const hint of failure.hints) session.stderr.write(`  ${printable(hint)}\n`);
    return failure.exitCode;
  }
}
