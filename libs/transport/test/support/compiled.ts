import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { transformSync, type Options } from '@swc/core';

/** What the fixtures and the load test are made of. */
const SOURCES = [
  'contracts/src',
  'config/src',
  'observability/src',
  'transport/src',
  'transport/test/fixtures',
  'transport/test/load',
];

/**
 * Compiles the test's programs and the libs under them to ES modules, so that they run as real processes of plain Node.
 * @param root of the repository
 * @param folder where to; it mirrors the repository
 */
export function compilePrograms(root: string, folder: string): void {
  const swc = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as Options;
  const options: Options = {
    ...swc,
    swcrc: false,
    exclude: undefined,
    sourceMaps: 'inline',
    cwd: root,
    jsc: { ...swc.jsc, baseUrl: root },
  };
  for (const source of SOURCES.flatMap((part) => typescriptIn(join(root, 'libs', part)))) {
    const target = join(folder, relative(root, source).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformSync(readFileSync(source, 'utf8'), { ...options, filename: source }).code);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

function typescriptIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
    .map((name) => join(folder, name));
}
