import { readFileSync } from 'node:fs';
import type { Demo, RedisProgram } from '@techze/local-stack';

/** Names the variable through which the test processes learn of the run. */
export const VARIABLE = 'TECHZE_TEST_RUN';

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
  if (shared === undefined)
    throw new Error('No servers: name the file *.int-spec.ts, *.suite-spec.ts or *.e2e-spec.ts');
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
