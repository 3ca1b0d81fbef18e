import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Longest run of Jest. */
const LIMIT_MS = 15 * 60_000;
/** Longest way out after the last result: beyond it some test left a handle open. */
const EXIT_LIMIT_MS = 30_000;
/** Longest way out once it was told to end: servers are stopped meanwhile. */
const END_LIMIT_MS = 20_000;

/** What a run of Jest counted. Failures that no file stands for (a hung run, a fault of the set-up) are in its own sum. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly files: readonly { readonly name: string; readonly passed: number; readonly failed: number }[];
}

/** Runs Jest once; nothing that went wrong in it goes uncounted. Its results are in `outputFile` afterwards, as JSON. */
export async function runJest(root: string, outputFile: string, args: readonly string[]): Promise<Tally> {
  rmSync(outputFile, { force: true });
  const jest = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['-c', 'jest.config.mjs', '--passWithNoTests', '--json', `--outputFile=${outputFile}`],
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }, // on stdout it would only repeat the results as JSON
  );
  const exited = new Promise<number | null>((resolve) => jest.once('exit', resolve));
  const guard = guardAgainstHanging(() => readTally(outputFile) !== undefined, jest.pid ?? 0);
  const code = await exited;
  clearInterval(guard.timer);
  const tally = readTally(outputFile) ?? { passed: 0, failed: 0, files: [] };
  return tally.failed === 0 && (guard.hung() || code !== 0) ? { ...tally, failed: 1 } : tally;
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

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function readTally(outputFile: string): Tally | undefined {
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8')) as JestResults;
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      files: result.testResults.map(({ name, status, assertionResults }) => {
        const count = (wanted: string) => assertionResults.filter((test) => test.status === wanted).length;
        // A file that could not run has no tests to fail.
        const failed = status === 'failed' ? Math.max(1, count('failed')) : 0;
        return { name, passed: count('passed'), failed };
      }),
    };
  } catch {
    return undefined;
  }
}
