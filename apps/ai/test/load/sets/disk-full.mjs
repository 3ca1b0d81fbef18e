// Disks that fill: who is said to fill within the horizon, how far off the moment is, how often the band holds it.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { predictDiskFull } from '../../../../../dist/apps/ai/src/models/disk-full/index.js';

export const title = 'Disk full (9 kinds of use)';

export const bars = [
  { name: 'precision', floor: 0.85, good: 0.962, ours: 0.98, higherIsBetter: true },
  { name: 'recall', floor: 0.719, good: 0.89, ours: 0.93, higherIsBetter: true },
  { name: 'false positive rate', floor: 0.403, good: 0.111, ours: 0.03, higherIsBetter: false },
  { name: 'median APE', floor: 0.632, good: 0.078, ours: 0.06, higherIsBetter: false },
  { name: 'within 25 %', floor: 0.237, good: 0.702, ours: 0.8, higherIsBetter: true },
  { name: 'held by the 80 % band (at most .85)', floor: null, good: null, ours: 0.75, higherIsBetter: true },
  { name: 'median ms', floor: null, good: null, ours: null, higherIsBetter: false },
];

const hourMs = 3_600_000;

export async function run({ data, tools, scratch }) {
  const folder = join(data, 'disk_full');
  if (!existsSync(folder)) return [];
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const lines = gunzipSync(readFileSync(join(folder, 'series.csv.gz')))
    .toString()
    .trim()
    .split('\n')
    .slice(1);
  const times = [];
  const held = [];
  const found = lines.map((line) => {
    const [name, capacity, , ...texts] = line.split(',');
    const values = Float64Array.from(texts, Number);
    const started = performance.now();
    const { eta } = predictDiskFull({ at: values.map((_, i) => i * hourMs), values, stepMs: hourMs }, Number(capacity));
    times.push(performance.now() - started);
    const full = labels[name].hours_to_full;
    if (eta && full !== null) held.push(full >= eta.low && full <= (eta.high ?? Infinity) ? 1 : 0);
    return [name, { hours: eta?.hours ?? null }];
  });
  const predictions = join(scratch, 'disk-full.json');
  writeFileSync(predictions, JSON.stringify(Object.fromEntries(found)));
  const { stdout } = await promisify(execFile)('python3', [join(tools, 'score_misc.py'), 'full', data, predictions]);
  const { precision, recall, fpr, median_ape, within25 } = JSON.parse(stdout);
  return [
    { name: 'precision', value: precision },
    { name: 'recall', value: recall },
    { name: 'false positive rate', value: fpr },
    { name: 'median APE', value: median_ape },
    { name: 'within 25 %', value: within25 },
    { name: 'held by the 80 % band (at most .85)', value: held.reduce((sum, one) => sum + one, 0) / held.length },
    { name: 'median ms', value: times.sort((a, b) => a - b)[times.length >> 1] },
  ];
}
