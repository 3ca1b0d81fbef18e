// Jest loads this file outside its own transform and module mapping: the libs are compiled for it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Starts the servers that all integration and end-to-end files of this run share. */
export default async function setUp({ rootDir }) {
  if (globalThis.techzeTestRun) return;
  // Inside the checkout, so that imports find node_modules; never dist/, which may be rebuilt at any time.
  const compiled = join(rootDir, '.cache', 'testing', String(process.pid));
  const swc = join(rootDir, 'node_modules', '@swc', 'cli', 'bin', 'swc.js');
  execFileSync(process.execPath, [swc, 'libs', '-d', compiled, '--config-file', '.swcrc', '-q'], { cwd: rootDir });
  const { TestRun } = await import(pathToFileURL(join(compiled, 'libs/testing/src/run/test-run.js')).href);
  globalThis.techzeTestRun = await TestRun.start(compiled);
}
