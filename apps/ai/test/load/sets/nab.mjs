// Anomalies of one series: the Numenta Anomaly Benchmark's profiles at the frozen thresholds and at the best ones, the
// area of the raw scores, and what a row and a state cost.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { thresholds, UnivariateDetector } from '../../../../../dist/apps/ai/src/models/univariate/index.js';

export const title = 'Anomalies of one series (NAB)';

export const bars = [
  { name: 'NAB standard', floor: 65.3, good: 69.2, ours: 72.5, higherIsBetter: true },
  { name: 'NAB low FP', floor: 53, good: 60, ours: 65, higherIsBetter: true },
  { name: 'NAB low FN', floor: 70, good: 73.5, ours: 78, higherIsBetter: true },
  { name: 'NAB standard, best threshold', floor: null, good: null, ours: null, higherIsBetter: true },
  { name: 'NAB low FP, best threshold', floor: null, good: null, ours: null, higherIsBetter: true },
  { name: 'NAB low FN, best threshold', floor: null, good: null, ours: null, higherIsBetter: true },
  { name: 'mean VUS-PR', floor: 0.31, good: null, ours: 0.36, higherIsBetter: true },
  { name: 'µs per point, p99', floor: null, good: null, ours: 50, higherIsBetter: false },
  { name: 'ms for 10,000 points', floor: null, good: null, ours: 500, higherIsBetter: false },
  { name: 'largest state, bytes', floor: null, good: null, ours: 2_000_000, higherIsBetter: false },
];

/** The scorer's names of the profiles, and the sensitivity whose threshold stands for each. */
const PROFILES = [
  ['NAB standard', 'standard', 'standard'],
  ['NAB low FP', 'reward_low_FP_rate', 'low'],
  ['NAB low FN', 'reward_low_FN_rate', 'high'],
];

export async function run({ data, tools, scratch }) {
  const folder = join(data, 'nab');
  if (!existsSync(folder)) return [];
  const { windows } = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const scores = join(scratch, 'nab');
  const micros = [];
  let largest = 0;
  for (const file of Object.keys(windows)) {
    const detector = new UnivariateDetector({ seasonality: 'auto' });
    const lines = rows(join(folder, file)).map(([at, value]) => {
      const started = performance.now();
      const { score } = detector.observe(at, value);
      micros.push((performance.now() - started) * 1_000);
      return `${value},${score}`;
    });
    largest = Math.max(largest, detector.serialise().length);
    mkdirSync(dirname(join(scores, file)), { recursive: true });
    writeFileSync(join(scores, file), `value,anomaly_score\n${lines.join('\n')}\n`);
  }
  const frozen = join(scratch, 'nab-thresholds.json');
  const byProfile = PROFILES.map(([, profile, sensitivity]) => [profile, { threshold: thresholds[sensitivity] }]);
  writeFileSync(frozen, JSON.stringify(Object.fromEntries(byProfile)));
  const score = async (...more) => {
    const scorer = join(tools, 'score_nab.py');
    const { stdout } = await promisify(execFile)('python3', [scorer, '--data', folder, '--scores', scores, ...more]);
    return JSON.parse(stdout);
  };
  const atFrozen = await score('--thresholds-from', frozen);
  const atBest = await score('--vus');
  micros.sort((a, b) => a - b);
  const mean = micros.reduce((sum, each) => sum + each, 0) / micros.length;
  return [
    ...PROFILES.map(([name, profile]) => ({ name, value: atFrozen[profile].score })),
    ...PROFILES.map(([name, profile]) => ({ name: `${name}, best threshold`, value: atBest[profile].score })),
    { name: 'mean VUS-PR', value: atBest.mean_VUS_PR },
    { name: 'µs per point, p99', value: micros[Math.floor(0.99 * micros.length)] },
    { name: 'ms for 10,000 points', value: 10 * mean },
    { name: 'largest state, bytes', value: largest },
  ];
}

function rows(path) {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [at, value] = line.split(',');
    return [Date.parse(`${at.slice(0, 19).replace(' ', 'T')}Z`), Number(value)];
  });
}
