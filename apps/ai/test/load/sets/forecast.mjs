// Forecasts: how far off two days of hourly series are, how many of the hours the bands hold; and the speed.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { forecastOf } from '../../../../../dist/apps/ai/src/models/forecast/index.js';

export const title = 'Forecast (M4 hourly, 48 h)';

export const bars = [
  { name: 'sMAPE', floor: 14.56, good: 8.9, ours: 10.5, higherIsBetter: false },
  { name: 'MASE', floor: 1.202, good: 0.8, ours: 0.9, higherIsBetter: false },
  { name: 'held by the 80 % band', floor: null, good: null, ours: 0.75, higherIsBetter: true },
  { name: 'held by the 95 % band', floor: null, good: null, ours: 0.9, higherIsBetter: true },
  { name: 'ms for 1,000 points', floor: null, good: null, ours: 150, higherIsBetter: false },
];

const hourMs = 3_600_000;

export async function run({ data, tools, scratch }) {
  const file = join(data, 'm4_hourly', 'hourly.csv.gz');
  if (!existsSync(file)) return [];
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(','));
  const numbers = (part) =>
    rows.filter((row) => row[1] === part).map(([name, , ...values]) => [name, values.map(Number)]);
  const future = new Map(numbers('test'));
  const held = { 0.8: 0, 0.95: 0 };
  const points = numbers('train').map(([name, values]) => {
    const series = hourly(Float64Array.from(values));
    const known = future.get(name);
    for (const level of [0.8, 0.95]) {
      const { low, high } = forecastOf(series, known.length, level).forecast;
      held[level] +=
        known.filter((value, h) => value >= low[h] && value <= high[h]).length / known.length / future.size;
    }
    return [name, ...forecastOf(series, known.length, 0.8).forecast.point].join(',');
  });
  const predictions = join(scratch, 'forecast.csv');
  writeFileSync(predictions, points.join('\n'));
  const { stdout } = await promisify(execFile)('python3', [join(tools, 'score_misc.py'), 'm4', data, predictions]);
  const { sMAPE, MASE } = JSON.parse(stdout);
  return [
    { name: 'sMAPE', value: sMAPE },
    { name: 'MASE', value: MASE },
    { name: 'held by the 80 % band', value: held[0.8] },
    { name: 'held by the 95 % band', value: held[0.95] },
    { name: 'ms for 1,000 points', value: speed() },
  ];
}

function hourly(values) {
  return { at: values.map((_, i) => i * hourMs), values, stepMs: hourMs };
}

/** The median of some runs. */
function speed() {
  const series = hourly(Float64Array.from({ length: 1_000 }, (_, i) => 5 + Math.sin(i / 3.8) + Math.sin(i * i) / 4));
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    forecastOf(series, 48, 0.8);
    return performance.now() - started;
  });
  return times.sort((a, b) => a - b)[4];
}
