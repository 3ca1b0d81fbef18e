import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { signal as send } from '../processes/process-table.js';
import { runProgram } from '../processes/run-program.js';
import type { DemoAccounts, DemoUser } from '../state/demo-file.js';

const DEMO_ATTEMPTS = 3;

/** Compiled file of an app; tells how to get it when it is not there. */
export function compiled(appsFolder: string, app: string, file = 'main.js'): string {
  const path = join(appsFolder, app, 'src', file);
  if (!existsSync(path)) throw new LocalStackError(`${path} is missing: run "npm run build" first.`);
  return path;
}

/** Makes the demo tenants, or finds them made, through the gateway's own CLI, which may be run again at any time. */
export async function makeDemoAccounts(entry: string, environment: NodeJS.ProcessEnv): Promise<DemoAccounts> {
  const program = [process.execPath, ['--enable-source-maps', entry], { env: environment, timeout: 60_000 }] as const;
  for (let attempt = 1; ; attempt++) {
    try {
      return JSON.parse(await runProgram(...program)) as DemoAccounts;
    } catch (error) {
      // A machine that is short of time while five apps start may seem to have no database for a second.
      if (attempt === DEMO_ATTEMPTS) throw new LocalStackError(`No demo tenants: ${(error as Error).message}`);
    }
  }
}

export interface AgentRun {
  readonly entry: string;
  readonly baseUrl: string;
  readonly user: DemoUser;
  /** Where the agent leaves the stored diagnostic. */
  readonly saveTo: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/** Diagnoses this machine: the agent prints its verdict itself. @returns the id of the stored diagnostic */
export async function runAgent(run: AgentRun): Promise<string> {
  rmSync(run.saveTo, { force: true });
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', run.entry, 'run', '--server', run.baseUrl, '--save', run.saveTo],
    {
      env: {
        ...run.environment,
        TECHZE_EMAIL: run.user.email,
        TECHZE_PASSWORD: run.user.password,
        // Beside everything else of this start: an agent that is installed on this machine is left alone.
        TECHZE_STATE_DIR: join(dirname(run.saveTo), 'agent'),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true, // Ctrl-C is for the supervisor, which ends it through the signal
    },
  );
  const onAbort = (): void => void (child.pid !== undefined && send(child.pid, 'SIGTERM'));
  run.signal?.addEventListener('abort', onAbort, { once: true });
  const how = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) => resolve(code === 0 ? undefined : (by ?? `code ${code}`)));
  });
  run.signal?.removeEventListener('abort', onAbort);
  if (how !== undefined) throw new LocalStackError(`The agent ended: ${how}`);
  return (JSON.parse(readFileSync(run.saveTo, 'utf8')) as { id: string }).id;
}
