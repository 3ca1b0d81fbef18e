import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  childrenOf,
  commandOf,
  findRedisProgram,
  signal,
  PostgresCluster,
  projectRoot,
  StateFolder,
  type Demo,
  type RedisProgram,
} from '@techze/local-stack';
import { prepareTemplate } from '../servers/template.js';
import { suiteIn, type Suite } from '../suite/suite.js';
import { createRunFolder, removeRun, removeStaleRuns } from './run-folder.js';

/** Names the variable through which the test processes learn of the run. */
const VARIABLE = 'TECHZE_TEST_RUN';

/** What all test files of one run share. */
export interface SharedServers {
  /** Holds one state folder a server. */
  readonly folder: string;
  /** The libs, compiled for this run, for tests that start processes. */
  readonly compiled: string;
  readonly redisProgram: RedisProgram;
  /** State folder of the shared PostgreSQL. */
  readonly postgres: string;
  /** `demo.json` of the suite that all end-to-end files share. */
  readonly suite?: string;
}

/** @throws Error outside the projects "int" and "e2e" */
export function sharedServers(): SharedServers {
  const shared = process.env[VARIABLE];
  if (shared === undefined) throw new Error('No servers: name the file *.int-spec.ts or *.e2e-spec.ts');
  return JSON.parse(shared) as SharedServers;
}

/** Folder of this run's compiled sources (`libs/<lib>/src/…js`), to start processes from: dist/ may be rebuilt at any time. */
export function compiledLibs(): string {
  return sharedServers().compiled;
}

/** The suite that all end-to-end files share: talk to it, but do not break it. @throws Error outside the project "e2e" */
export function sharedSuite(): Demo {
  const { suite } = sharedServers();
  if (suite === undefined) throw new Error('No suite: name the file *.e2e-spec.ts');
  return JSON.parse(readFileSync(suite, 'utf8')) as Demo;
}

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
