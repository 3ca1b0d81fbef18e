// Disks that fail within 30 days. The model was trained on these very drives, so what the scorer finds here is flattered
// (in-sample); what to expect of drives never seen are the figures of the cross-validation that its file carries.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { predictDiskFailure } from '../../../../../dist/apps/ai/src/models/disk-failure/index.js';
import { readDrives } from '../../../../../dist/apps/ai/src/models/disk-failure/training/backblaze.js';

export const title = 'Disk failure within 720 h';

const MODEL = new URL('../../../../../dist/apps/ai/src/models/disk-failure/model.json', import.meta.url);

const FIGURES = [
  { name: 'AP', stored: 'average_precision', scored: 'AP', ours: 0.52, good: 0.487 },
  { name: 'ROC', stored: 'roc_auc', scored: 'ROC', ours: 0.905, good: null },
  { name: 'recall at FPR 1 %', stored: 'recall_at_fpr_1_percent', scored: 'recall_fpr1', ours: 0.48, good: null },
  { name: 'recall at FPR 0.1 %', stored: 'recall_at_fpr_0_1_percent', scored: 'recall_fpr01', ours: 0.21, good: null },
];

export const bars = [
  ...FIGURES.map(({ name, good, ours }) => ({ name, floor: null, good, ours, higherIsBetter: true })),
  { name: 'µs per drive', floor: null, good: null, ours: 200, higherIsBetter: false },
  { name: 'model, bytes', floor: null, good: null, ours: 500_000, higherIsBetter: false },
];

export async function run({ data, tools, scratch }) {
  const folder = join(data, 'disk_backblaze');
  if (!existsSync(folder)) return [];
  const { views: _views, by: _by, ...figures } = JSON.parse(readFileSync(MODEL, 'utf8')).provenance.figures;
  const found = Object.entries(figures).flatMap(([view, own]) =>
    FIGURES.map(({ name, stored }) => ({
      name: view === 'read' ? name : `${name} (${view})`,
      value: own[stored],
    })),
  );
  const { lines, microseconds } = predictAll(readDrives(folder));
  const predictions = join(scratch, 'disk-failure.csv');
  writeFileSync(predictions, `drive,landmark_hours,score\n${lines.join('\n')}\n`);
  const scorer = join(tools, 'score_misc.py');
  const { stdout } = await promisify(execFile)('python3', [scorer, 'disk', data, predictions]);
  const scored = JSON.parse(stdout);
  for (const { name, scored: key } of FIGURES) found.push({ name: `${name} (IN-SAMPLE)`, value: scored[key] });
  found.push({ name: 'µs per drive', value: microseconds }, { name: 'model, bytes', value: statSync(MODEL).size });
  return found;
}

/** One request a landmark, with nothing that came after it. */
function predictAll(drives) {
  const requests = drives.flatMap(({ id, model, snapshots, landmarks }) =>
    landmarks.map(({ hours }) => {
      const known = snapshots.filter((snapshot) => snapshot.hours <= hours);
      const attributes = Object.assign({}, ...known.map((snapshot) => snapshot.attributes));
      return { id, hours, smart: [...known, { hours, model, attributes }] };
    }),
  );
  const started = performance.now();
  const answers = requests.map(({ smart }) => predictDiskFailure(smart).risk?.probability ?? 0); // Nothing said: not ranked.
  const microseconds = ((performance.now() - started) / requests.length) * 1_000;
  return { lines: requests.map(({ id, hours }, index) => `${id},${hours},${answers[index]}`), microseconds };
}
