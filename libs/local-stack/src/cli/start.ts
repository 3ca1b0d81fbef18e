import { join } from 'node:path';
import { LocalStackError } from '../local-stack-error.js';
import { projectRoot } from '../project-root.js';
import { destroyState } from '../state/leftovers.js';
import { checkExternalServers } from '../servers/external-servers.js';
import { StateFolder } from '../state/state-folder.js';
import { SupervisorLock } from '../state/supervisor-lock.js';
import { LocalStack } from '../stack/local-stack.js';
import { askedPort } from '../stack/ports.js';
import { timedReport, type Report } from '../stack/report.js';
import { whereToGo } from './farewell.js';
import { launcher, onceGone } from './launcher.js';
import { rebuildOnChange } from './rebuild-on-change.js';
import { parseStartOptions, type StartOptions } from './start-options.js';

const ONE_WISH_MS = 1_000;

/** `npm start`: stays in the foreground until a signal; leaves nothing running. */
async function main(options: StartOptions): Promise<void> {
  process.stdout.on('error', () => {}); // a closed pipe must not leave servers behind
  process.stderr.on('error', () => {});
  const report = timedReport((line) => process.stdout.write(`${line}\n`));
  // Before anything else: what the user named is wrong or right whether or not a suite is running.
  const gatewayPort = askedPort(process.env);
  await checkExternalServers(process.env);
  const state = StateFolder.at(join(projectRoot(), '.techze')).create();
  const startedBy = launcher();
  const lock = await SupervisorLock.acquire(state, startedBy);
  const stop = new Stop(report);
  onceGone(startedBy, () => stop.ask('npm is gone'));
  try {
    if (options.fresh) await startAfresh(state, report);
    const stack = await LocalStack.start({
      folder: state.path,
      scale: options.scale,
      agent: options.agent,
      gatewayPort,
      environment: process.env,
      signal: stop.signal,
      report,
    });
    stop.onHurry = () => stack.hurry();
    process.stdout.write(`${whereToGo(stack.demo)}\n`);
    if (options.watch) rebuildOnChange(projectRoot(), stack, report);
    await stop.asked;
    await stack.stop();
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    lock.release();
  }
  report.step('Stopped. Nothing is left running; the data stays in .techze/');
}

async function startAfresh(state: StateFolder, report: Report): Promise<void> {
  await destroyState(state, { keep: ['supervisor.json', 'redis-program'] });
  state.create();
  report.step('Removed the data of earlier starts');
}

/** The wish to stop: Ctrl-C, SIGTERM, a closed terminal. A second one does not wait for work in flight. */
class Stop {
  readonly asked: Promise<void>;
  onHurry: () => void = () => {};
  private askedAt = 0;
  private readonly controller = new AbortController();

  constructor(private readonly report: Report) {
    this.asked = new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => this.ask(name));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  ask(why: string): void {
    const now = performance.now();
    // On Ctrl-C the terminal tells us, and so does npm, which passes on what it got itself: that is one wish.
    if (this.signal.aborted) return now - this.askedAt < ONE_WISH_MS ? undefined : this.onHurry();
    this.askedAt = now;
    this.report.step(`Stopping (${why}); once more to not wait for work in flight`);
    this.controller.abort();
  }
}

try {
  await main(parseStartOptions(process.argv.slice(2)));
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof LocalStackError ? error.message : String((error as Error).stack)}\n`);
  process.exit(1);
}
