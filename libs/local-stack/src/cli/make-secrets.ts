import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDeploymentSecrets } from '../deployment-secrets.js';

/** `make-secrets.js DIR`: the secrets of a deployment, for compose and Kubernetes; those that exist stay. */
const [argument] = process.argv.slice(2);
if (argument === undefined || argument.startsWith('-')) {
  process.stderr.write('Usage: node make-secrets.js DIR\n');
  process.exit(1);
}
const folder = resolve(argument);
mkdirSync(folder, { recursive: true, mode: 0o700 });
const consumers = await makeDeploymentSecrets(folder);
process.stdout.write(`${consumers.map((consumer) => join(folder, consumer)).join('\n')}\n`);
