// Seasons: of made-up series with none, one or two known cycles; what noise alone is said to repeat; and the speed.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { seasonsOf } from '../../../../../dist/apps/ai/src/models/seasons/index.js';
import { normal } from '../noise.mjs';

export const title = 'Seasons (known cycles)';

export const bars = [
  { name: 'F1', floor: null, good: null, ours: 0.96, higherIsBetter: true },
  { name: 'exact', floor: null, good: null, ours: 0.93, higherIsBetter: true },
  { name: 'false in noise', floor: null, good: null, ours: 0.02, higherIsBetter: false },
  { name: 'ms for 5,000 points', floor: null, good: null, ours: 30, higherIsBetter: false },
];

export async function run({ data, tools, scratch }) {
  const file = join(data, 'seasons_synth', 'series.csv.gz');
  if (!existsSync(file)) return [];
  const found = {};
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n').slice(1)) {
    const [name, ...values] = line.split(',');
    found[name] = seasonsOf({ values: Float64Array.from(values, Number) }).map(({ length }) => length);
  }
  const predictions = join(scratch, 'seasons.json');
  writeFileSync(predictions, JSON.stringify(found));
  const { stdout } = await promisify(execFile)('python3', [join(tools, 'score_misc.py'), 'seasons', data, predictions]);
  const { f1, exact } = JSON.parse(stdout);
  return [
    { name: 'F1', value: f1 },
    { name: 'exact', value: exact },
    { name: 'false in noise', value: falseShare() },
    { name: 'ms for 5,000 points', value: speed() },
  ];
}

/** White noise, noise that follows itself, random walks, and white noise with trend, shift and spikes. */
function falseShare() {
  const noise = normal(1);
  let falsely = 0;
  let of = 0;
  for (let turn = 0; turn < 100; turn++) {
    const n = [336, 720, 1_008, 2_016][turn % 4];
    let before = 0;
    let walk = 0;
    const kinds = [
      noise,
      () => (before = 0.8 * before + noise()),
      () => (walk += noise()),
      (i) => (2 * i) / n + (i < n / 2 ? 0 : 3) + (Math.abs(noise()) > 2.6 ? 10 : 0) + noise(),
    ];
    for (const kind of kinds) {
      of++;
      if (seasonsOf({ values: Float64Array.from({ length: n }, (_, i) => kind(i)) }).length > 0) falsely++;
    }
  }
  return falsely / of;
}

function speed() {
  const noise = normal(2);
  const values = Float64Array.from(
    { length: 5_000 },
    (_, i) => Math.sin((2 * Math.PI * i) / 288) + Math.sin((2 * Math.PI * i) / 48) + 0.3 * noise(),
  );
  const times = Array.from({ length: 15 }, () => {
    const started = performance.now();
    seasonsOf({ values });
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[7];
}
