import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@techze/local-stack';

/** Longest run of one of Jest's parts. */
const LIMIT_MS = 15 * 60_000;
/** Longest way out after the last result: beyond it some test left a handle open. */
const EXIT_LIMIT_MS = 30_000;
/** Longest way out once it was told to end: servers are stopped meanwhile. */
const END_LIMIT_MS = 20_000;

interface Tally {
  passed: number;
  failed: number;
}

/** `npm test`: all projects one after another, one line in the end that sums them up. Arguments go to Jest. */
const parts = [
  { name: 'unit-int', args: ['--selectProjects', 'unit', 'int', '--maxWorkers', '3'] },
  { name: 'e2e', args: ['--selectProjects', 'e2e', '--runInBand'] },
];
const root = projectRoot();
const results = join(root, '.cache', 'test-results');
mkdirSync(results, { recursive: true });
let interrupted = false;
process.on('SIGINT', () => (interrupted = true)); // the terminal tells Jest as well: wait for it to clean up
process.on('SIGTERM', () => (interrupted = true));

const total: Tally = { passed: 0, failed: 0 };
for (const { name, args } of parts) {
  const tally = await runJest(join(results, `${name}.json`), args);
  total.passed += tally.passed;
  total.failed += tally.failed;
  if (interrupted) break;
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exit(interrupted ? 130 : total.failed > 0 ? 1 : 0);

async function runJest(outputFile: string, args: readonly string[]): Promise<Tally> {
  rmSync(outputFile, { force: true });
  const jest = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['-c', 'jest.config.mjs', '--passWithNoTests', '--json', `--outputFile=${outputFile}`],
      ...process.argv.slice(2),
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }, // on stdout it would only repeat the results as JSON
  );
  const exited = new Promise<number | null>((resolve) => jest.once('exit', resolve));
  const guard = guardAgainstHanging(() => readTally(outputFile) !== undefined, jest.pid ?? 0);
  const code = await exited;
  clearInterval(guard.timer);
  const tally = readTally(outputFile) ?? { passed: 0, failed: interrupted ? 0 : 1 };
  // Failures that no test stands for: a hung run, a fault of the set-up.
  if (tally.failed === 0 && (guard.hung() || (code !== 0 && !interrupted))) tally.failed = 1;
  return tally;
}

/** Ends a Jest that has hung: before its results, or, some handle being open, after them. */
function guardAgainstHanging(isDone: () => boolean, pid: number): { timer: NodeJS.Timeout; hung: () => boolean } {
  const start = performance.now();
  let doneAt: number | undefined;
  let toldAt: number | undefined;
  const timer = setInterval(() => {
    const now = performance.now();
    if (doneAt === undefined && isDone()) doneAt = now;
    if (toldAt !== undefined) {
      if (now - toldAt > END_LIMIT_MS) process.kill(pid, 'SIGKILL');
      return;
    }
    const why = doneAt === undefined ? now - start > LIMIT_MS && 'no result' : now - doneAt > EXIT_LIMIT_MS && 'no end';
    if (why === false) return;
    process.stderr.write(`Jest has hung (${why}): ended. Look for an open handle with --detectOpenHandles.\n`);
    toldAt = now;
    process.kill(pid, 'SIGTERM');
  }, 500);
  return { timer, hung: () => toldAt !== undefined };
}

function readTally(outputFile: string): Tally | undefined {
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numRuntimeErrorTestSuites: number;
    };
    return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
  } catch {
    return undefined;
  }
}
