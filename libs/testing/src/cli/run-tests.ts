import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '@techze/local-stack';
import { fullSize } from '../run/full-size.js';
import { runJest, type Tally } from '../run/jest-run.js';

/** More failed files than these are no accident: none of them is run again. */
const RERUN_MAX_FILES = 3;
const RERUN = '--rerun-failed';

interface Part {
  readonly name: string;
  readonly projects: readonly string[];
  readonly workers: number;
}

/**
 * `npm test`: one stage after another, the parts of one side by side, one line in the end that sums them up. Arguments go
 * to Jest, but for `--rerun-failed`: a file or two that failed are run once more, alone, and named; what they answer then
 * counts. That tells what is broken from what a loaded machine was too slow for.
 */
const stages: readonly (readonly Part[])[] = [
  [{ name: 'int', projects: ['int'], workers: 3 }],
  // The files of each share, or start, a whole suite: more at once would wait for each other. What has none fills the gaps.
  [
    { name: 'e2e', projects: ['e2e'], workers: 1 },
    { name: 'suite-unit', projects: ['suite', 'unit'], workers: 1 },
  ],
  ...(fullSize() ? [[{ name: 'full', projects: ['full'], workers: 1 }]] : []),
];

const root = projectRoot();
const results = join(root, '.cache', 'test-results');
const passedOn = process.argv.slice(2).filter((argument) => argument !== RERUN);
mkdirSync(results, { recursive: true });
let interrupted = false;
process.on('SIGINT', () => (interrupted = true)); // the terminal tells Jest as well: wait for it to clean up
process.on('SIGTERM', () => (interrupted = true));

const total = { passed: 0, failed: 0 };
const again: string[] = [];
for (const stage of stages) {
  const runs = await Promise.all(stage.map(async (part) => ({ part, tally: await runPart(part) })));
  for (const { part, tally } of runs) {
    const { passed, failed } = await rerunFailed(part, tally);
    total.passed += passed;
    total.failed += failed;
  }
  if (interrupted) break;
}
if (again.length > 0) process.stdout.write(`Failed in company, so run again alone: ${again.join(', ')}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(interrupted ? 130 : total.failed > 0 ? 1 : 0);

function runPart({ name, projects, workers }: Part, ...args: string[]): Promise<Tally> {
  return runJest(root, join(results, `${name}.json`), [
    ...passedOn,
    ...['--selectProjects', ...projects, '--maxWorkers', String(workers), ...args],
  ]);
}

async function rerunFailed({ name, projects }: Part, all: Tally): Promise<Pick<Tally, 'passed' | 'failed'>> {
  const failed = all.files.filter((file) => file.failed > 0);
  const isAccident = failed.length > 0 && failed.length <= RERUN_MAX_FILES;
  if (!process.argv.includes(RERUN) || !isAccident || interrupted) return all;
  again.push(...failed.map((file) => relative(root, file.name)));
  const files = ['--runTestsByPath', ...failed.map((file) => file.name)];
  const alone = await runPart({ name: `${name}-again`, projects, workers: 1 }, ...files);
  return {
    passed: all.passed - sum(failed.map((file) => file.passed)) + alone.passed,
    failed: all.failed - sum(failed.map((file) => file.failed)) + alone.failed,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
