/**
 * Makes the agent one file that runs with plain Node, without this repository:
 * `node apps/agent/bundle.mjs [file]`, by default dist/techze-agent.mjs.
 */
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const outfile = process.argv[2] ?? fileURLToPath(new URL('../../dist/techze-agent.mjs', import.meta.url));

await build({
  entryPoints: [fileURLToPath(new URL('./src/main.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  // Parts of the library that this agent never runs are CommonJS and ask for Node's own modules by `require`.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'eof',
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
