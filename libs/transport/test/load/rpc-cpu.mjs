// `npm run bench:transport`: compiles the load test and the libs under it, and runs it as plain Node.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformFileSync } from '@swc/core';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tz-bench-'));
try {
  const compiler = join(root, 'node_modules', `.tz-bench-${process.pid}.mjs`);
  const source = join(root, 'libs/transport/test/support/compiled.ts');
  writeFileSync(
    compiler,
    transformFileSync(source, { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }).code,
  );
  const { compilePrograms } = await import(pathToFileURL(compiler).href).finally(() => rmSync(compiler));
  compilePrograms(root, folder);
  const { status } = spawnSync(
    process.execPath,
    [join(folder, 'libs/transport/test/load/rpc-cpu.js'), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
