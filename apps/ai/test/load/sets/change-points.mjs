// Change points: agreement with what people marked; what noise alone is said to change; and the speed.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { changePointsOf } from '../../../../../dist/apps/ai/src/models/change-points/index.js';
import { normal } from '../noise.mjs';

export const title = 'Change points (agreement with annotators)';

export const bars = [
  { name: 'F1', floor: 0.667, good: null, ours: 0.82, higherIsBetter: true },
  { name: 'covering', floor: 0.564, good: null, ours: 0.78, higherIsBetter: true },
  { name: 'false in white noise', floor: null, good: null, ours: 0.02, higherIsBetter: false },
  { name: 'ms for 5,000 points', floor: null, good: null, ours: 100, higherIsBetter: false },
  { name: 'ms for 100,000 points', floor: null, good: null, ours: 2_000, higherIsBetter: false },
];

export async function run({ data, tools, scratch }) {
  const folder = join(data, 'tcpd');
  if (!existsSync(folder)) return [];
  const { annotations } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const found = {};
  for (const name of Object.keys(annotations)) {
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1);
    found[name] = indicesOf(Float64Array.from(lines, (line) => numberIn(line.split(',')[1])));
  }
  const predictions = join(scratch, 'change-points.json');
  writeFileSync(predictions, JSON.stringify(found));
  const { stdout } = await promisify(execFile)('python3', [join(tools, 'score_misc.py'), 'cpd', data, predictions]);
  const { F1, covering } = JSON.parse(stdout);
  return [
    { name: 'F1', value: F1 },
    { name: 'covering', value: covering },
    { name: 'false in white noise', value: falseShare() },
    { name: 'ms for 5,000 points', value: speed(5_000, 7) },
    { name: 'ms for 100,000 points', value: speed(100_000, 1) },
  ];
}

function indicesOf(values) {
  return changePointsOf({ at: values.map((_, i) => i * 60_000), values }).map(({ index }) => index);
}

function numberIn(text) {
  return text?.trim() ? Number(text) : NaN;
}

function falseShare() {
  const noise = normal(1);
  let falsely = 0;
  for (let turn = 0; turn < 200; turn++) {
    const n = [60, 100, 300, 1_000][turn % 4];
    if (indicesOf(Float64Array.from({ length: n }, noise)).length > 0) falsely++;
  }
  return falsely / 200;
}

/** The median of some runs. */
function speed(n, runs) {
  const noise = normal(2);
  const values = Float64Array.from({ length: n }, (_, i) => (i < n / 3 ? 0 : i < n / 2 ? 4 : 1) + noise());
  const times = Array.from({ length: runs }, () => {
    const started = performance.now();
    indicesOf(values);
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[runs >> 1];
}
