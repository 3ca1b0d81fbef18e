// Rows of many columns: server machines (ASD, SMD) and a pump test bed (SKAB) by their scores, what a row and a state cost.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { MultivariateDetector } from '../../../../../dist/apps/ai/src/models/multivariate/index.js';

export const title = 'Multivariate anomalies (mean VUS-PR)';

export const bars = [
  { name: 'ASD', floor: 0.441, good: null, ours: 0.52, higherIsBetter: true },
  { name: 'SMD', floor: 0.585, good: null, ours: 0.64, higherIsBetter: true },
  { name: 'SKAB (validation)', floor: null, good: null, ours: null, higherIsBetter: true },
  { name: 'µs of CPU per row of 38 columns', floor: null, good: null, ours: 50, higherIsBetter: false },
  { name: 'state of 38 columns, bytes', floor: null, good: null, ours: 2_000_000, higherIsBetter: false },
];

const SETS = { asd: 'ASD', smd: 'SMD', skab: 'SKAB (validation)' };

export async function run({ data, tools, scratch }) {
  const found = [];
  let cost;
  for (const [set, name] of Object.entries(SETS)) {
    const folder = join(data, set);
    if (!existsSync(folder)) continue;
    const { machines, ...others } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
    const scores = join(scratch, set);
    mkdirSync(scores, { recursive: true });
    for (const [file, { train_rows }] of Object.entries(machines ?? others)) {
      const judged = judge(join(folder, file));
      const rows = judged.scores.slice(train_rows);
      writeFileSync(join(scores, file.replace('.csv.gz', '.csv')), `anomaly_score\n${rows.join('\n')}\n`);
      if (set === 'smd') cost = judged;
    }
    const scorer = join(tools, 'score_misc.py');
    const { stdout } = await promisify(execFile)('python3', [scorer, 'mv', folder, scores]);
    found.push({ name, value: JSON.parse(stdout).VUS_PR });
  }
  if (cost) {
    found.push({ name: 'µs of CPU per row of 38 columns', value: cost.microseconds });
    found.push({ name: 'state of 38 columns, bytes', value: cost.bytes });
  }
  return found;
}

/** All rows through one detector: it is not told where the part ends that is known to be normal. */
function judge(path) {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const rows = lines.map((line) => {
    const [moment, ...cells] = line.split(',');
    return { at: momentOf(moment), row: Float64Array.from(cells, Number) };
  });
  const detector = new MultivariateDetector({ columns: head.split(',').slice(1) });
  const started = process.cpuUsage();
  const scores = rows.map(({ at, row }) => detector.observe(at, row).score);
  const { user, system } = process.cpuUsage(started);
  const microseconds = (user + system) / rows.length;
  return { scores, microseconds, bytes: detector.serialise().length };
}

/** Seconds since 1970, or a date without a zone. */
function momentOf(text) {
  return /^\d+$/u.test(text) ? Number(text) * 1_000 : Date.parse(`${text.replace(' ', 'T')}Z`);
}
