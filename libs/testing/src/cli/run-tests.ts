import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '@techze/local-stack';
import { runJest } from '../run/jest-run.js';

/** More failed files than these are no accident: none of them is run again. */
const RERUN_MAX_FILES = 3;
const RERUN = '--rerun-failed';

/**
 * `npm test`: all projects one after another, one line in the end that sums them up. Arguments go to Jest, but for
 * `--rerun-failed`: a file or two that failed are run once more, alone, and named; what they answer then counts. That
 * tells what is broken from what a loaded machine was too slow for.
 */
const parts = [
  { name: 'unit-int', projects: ['unit', 'int'], workers: 3 },
  { name: 'e2e', projects: ['e2e'], workers: 1 },
];
type Part = (typeof parts)[number];

const root = projectRoot();
const results = join(root, '.cache', 'test-results');
const passedOn = process.argv.slice(2).filter((argument) => argument !== RERUN);
mkdirSync(results, { recursive: true });
let interrupted = false;
process.on('SIGINT', () => (interrupted = true)); // the terminal tells Jest as well: wait for it to clean up
process.on('SIGTERM', () => (interrupted = true));

const total = { passed: 0, failed: 0 };
const again: string[] = [];
for (const part of parts) {
  const { passed, failed } = await runPart(part);
  total.passed += passed;
  total.failed += failed;
  if (interrupted) break;
}
if (again.length > 0) process.stdout.write(`Failed in company, so run again alone: ${again.join(', ')}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(interrupted ? 130 : total.failed > 0 ? 1 : 0);

async function runPart({ name, projects, workers }: Part): Promise<{ passed: number; failed: number }> {
  const run = (output: string, atOnce: number, ...args: string[]) =>
    runJest(root, join(results, `${output}.json`), [
      ...passedOn,
      ...['--selectProjects', ...projects, '--maxWorkers', String(atOnce), ...args],
    ]);
  const all = await run(name, workers);
  const failed = all.files.filter((file) => file.failed > 0);
  const isAccident = failed.length > 0 && failed.length <= RERUN_MAX_FILES;
  if (!process.argv.includes(RERUN) || !isAccident || interrupted) return all;
  again.push(...failed.map((file) => relative(root, file.name)));
  const alone = await run(`${name}-again`, 1, '--runTestsByPath', ...failed.map((file) => file.name));
  return {
    passed: all.passed - sum(failed.map((file) => file.passed)) + alone.passed,
    failed: all.failed - sum(failed.map((file) => file.failed)) + alone.failed,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
