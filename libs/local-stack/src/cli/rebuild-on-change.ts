import { watch } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../processes/run-program.js';
import type { LocalStack } from '../stack/local-stack.js';
import type { Report } from '../stack/report.js';

/** Editors write a file in several steps, and several files at once. */
const SETTLE_MS = 300;

/** `npm run dev`: compiles after each change of a source and starts the apps again; a fault leaves the running ones alone. */
export function rebuildOnChange(root: string, stack: LocalStack, report: Report): void {
  let settled: NodeJS.Timeout | undefined;
  let work = Promise.resolve();
  const rebuild = async (): Promise<void> => {
    try {
      await runProgram('npm', ['run', '-s', 'build'], { cwd: root });
      await stack.restartApps();
      report.step('Compiled; the apps run the new code');
    } catch (error) {
      report.warn(error instanceof Error ? error.message : String(error));
    }
  };
  for (const folder of ['apps', 'libs']) {
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (!file?.endsWith('.ts') || file.endsWith('spec.ts')) return;
      clearTimeout(settled);
      settled = setTimeout(() => {
        work = work.then(rebuild);
      }, SETTLE_MS);
    });
  }
  report.step('Watching apps/ and libs/');
}
