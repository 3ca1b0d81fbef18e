// `npm run bench:ai`: how good the models are on the measuring data, and what the endpoints cost over HTTP.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `npm run bench:ai -- [options]

  --data <folder>   the measuring data (see its MANIFEST.md); it is no part of this project
  --tools <folder>  the scorers of that data, Python 3 with numpy
  --only <names>    sets, separated by commas: ${setNames().join(', ')}; endpoints for the cost over HTTP
  --help

Without data only what needs none is measured. "floor" is what simple methods reach, "good" what is published, "ours" what this project set out for.`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    tools: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const only = values.only?.split(',');
const isAsked = (name) => only?.includes(name) ?? true;

const rows = [];
const notes = [];
for (const name of setNames().filter(isAsked)) {
  const { title, bars, run } = await import(`./sets/${name}.mjs`);
  const found = await figuresOf(name, run);
  if (!found) continue;
  for (const { name: figure, value } of found) rows.push(rowOf(title, figure, value, bars));
}
if (rows.length > 0) console.table(rows);
for (const note of notes) console.log(note);
if (isAsked('endpoints')) {
  // Of the gateway, which apps know nothing of: a program of its own.
  const program = fileURLToPath(new URL('../../../gateway/test/load/ai-endpoints.mjs', import.meta.url));
  await once(spawn(process.execPath, [program], { stdio: 'inherit' }), 'exit');
}

function setNames() {
  return readdirSync(new URL('./sets/', import.meta.url))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => file.slice(0, -'.mjs'.length))
    .sort();
}

async function figuresOf(name, run) {
  const data = values.data && resolve(values.data);
  if (!data || !existsSync(data)) {
    notes.push(`${name}: not measured, there is no data ${data ? `in ${data}` : '(--data <folder>)'}`);
    return undefined;
  }
  if (!values.tools || !existsSync(values.tools)) {
    notes.push(`${name}: not measured, there are no scorers (--tools <folder>)`);
    return undefined;
  }
  const scratch = mkdtempSync(join(tmpdir(), `techze-ai-${name}-`));
  try {
    const found = await run({ data, tools: resolve(values.tools), scratch: ensure(scratch) });
    if (found.length === 0) notes.push(`${name}: not measured, its part of the data is not there`);
    return found;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function ensure(folder) {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @param value a number, or what says why there is none */
function rowOf(title, name, value, bars) {
  const { floor, good, ours, higherIsBetter } = bars.find((bar) => bar.name === name) ?? {};
  const reached =
    ours === undefined || ours === null || typeof value !== 'number'
      ? ''
      : (higherIsBetter ? value >= ours : value <= ours)
        ? 'yes'
        : 'no';
  return {
    set: title,
    figure: name,
    floor: floor ?? '',
    good: good ?? '',
    'set out for': ours ?? '',
    measured: rounded(value),
    reached,
  };
}

function rounded(value) {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
