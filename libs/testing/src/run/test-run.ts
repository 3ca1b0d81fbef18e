import { join } from 'node:path';
import {
  childrenOf,
  commandOf,
  findRedisProgram,
  signal,
  PostgresCluster,
  projectRoot,
  StateFolder,
} from '@techze/local-stack';
import { prepareTemplate } from '../servers/template.js';
import { suiteIn, type Suite } from '../suite/suite.js';
import { sharedServers, VARIABLE, type SharedServers } from './shared-servers.js';
import { createRunFolder, removeRun, removeStaleRuns } from './run-folder.js';

/** One run of tests: starts what the files share, ends that and whatever a test forgot. */
export class TestRun {
  private ended: Promise<void> | undefined;
  private suite: Suite | undefined;

  private constructor(
    private readonly folder: string,
    private readonly compiled: string,
  ) {}

  /** @param compiled folder of compiled sources to remove at the end */
  static async start(compiled: string): Promise<TestRun> {
    await removeStaleRuns();
    const run = new TestRun(await createRunFolder(compiled), compiled);
    run.endOnSignals();
    try {
      const state = StateFolder.at(join(run.folder, 'shared')).create();
      const [redisProgram, postgres] = await Promise.all([
        findRedisProgram(join(projectRoot(), '.techze', 'redis-program')),
        PostgresCluster.create({ folder: state.postgres, durable: false }),
      ]);
      await postgres.start();
      await prepareTemplate(postgres);
      const shared: SharedServers = { folder: run.folder, compiled, redisProgram, postgres: state.postgres };
      process.env[VARIABLE] = JSON.stringify(shared);
      return run;
    } catch (error) {
      await run.end();
      throw error;
    }
  }

  /** Starts the suite that end-to-end files share. */
  async startSuite(): Promise<void> {
    try {
      const state = StateFolder.at(join(this.folder, 'suite')).create();
      this.suite = await suiteIn(state, {});
      process.env[VARIABLE] = JSON.stringify({ ...sharedServers(), suite: state.demoFile });
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  end(): Promise<void> {
    return (this.ended ??= this.endAll());
  }

  private async endAll(): Promise<void> {
    await this.suite?.stop();
    await removeRun(this.folder, this.compiled);
  }

  /** Jest skips its teardown on Ctrl-C; and its workers would go on starting servers while they are being ended. */
  private endOnSignals(): void {
    const onSignal = (): void => {
      for (const pid of childrenOf(process.pid)) if (commandOf(pid).includes('jest-worker')) signal(pid, 'SIGKILL');
      void this.end().finally(() => process.exit(130));
    };
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, onSignal);
  }
}
