// Log templates: the grouping accuracy of each system in the data, and the speed over its lines.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { templatesOf } from '../../../../../dist/apps/ai/src/models/log-templates/index.js';

export const title = 'Log templates (grouping accuracy over the systems)';

export const bars = [
  { name: 'grouping accuracy', floor: 0.855, good: 0.977, ours: 0.98, higherIsBetter: true },
  { name: 'worst system', floor: null, good: null, ours: null, higherIsBetter: true },
  { name: 'lines per second', floor: null, good: null, ours: 20_000, higherIsBetter: true },
];

/** As many lines the speed is measured over: the samples are repeated. */
const TIMED_LINES = 100_000;

export async function run({ data, tools, scratch }) {
  const folder = join(data, 'loghub_2k');
  if (!existsSync(folder)) return [];
  const systems = readdirSync(folder).filter((file) => file.endsWith('.csv.gz'));
  const accuracies = [];
  const all = [];
  for (const file of systems) {
    const system = file.slice(0, -'.csv.gz'.length);
    const lines = contents(gunzipSync(readFileSync(join(folder, file))).toString('utf8'));
    all.push(...lines);
    const predictions = join(scratch, `logs-${system}.txt`);
    writeFileSync(predictions, `${[...templatesOf(lines).assignments].join('\n')}\n`);
    const scorer = join(tools, 'score_misc.py');
    const { stdout } = await promisify(execFile)('python3', [scorer, 'logs', data, system, predictions]);
    accuracies.push(JSON.parse(stdout).GA);
  }
  const timed = Array.from({ length: TIMED_LINES }, (_, i) => all[i % all.length]);
  const started = performance.now();
  templatesOf(timed);
  const seconds = (performance.now() - started) / 1_000;
  return [
    { name: 'grouping accuracy', value: accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length },
    { name: 'worst system', value: Math.min(...accuracies) },
    { name: 'lines per second', value: Math.round(TIMED_LINES / seconds) },
  ];
}

/** The messages alone: what stands in the columns beside them is the answer. */
function contents(csv) {
  const [head, ...rows] = records(csv);
  const column = head.indexOf('Content');
  return rows.map((row) => row[column]);
}

/** RFC 4180. */
function records(csv) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gu)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) rows.push(row);
    row = [];
  }
  return rows;
}
