import { resolve } from 'node:path';
import { makeKeys } from '../keys.js';

/** `make-keys.js DIR`: the keys of a suite, for compose and for people; those that exist stay. */
const [folder] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  process.stderr.write('Usage: node make-keys.js DIR\n');
  process.exit(1);
}
await makeKeys(resolve(folder));
process.stdout.write(`Keys are in ${resolve(folder)}\n`);
