import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { calibrated } from '../calibration.js';
import { features } from '../features.js';
import type { StoredModel } from '../trained-model.js';
import { readDrives } from './backblaze.js';
import { crossValidate } from './cross-validate.js';
import { examplesOf, views, type View } from './examples.js';
import { fit } from './fit.js';
import { isotonic } from './isotonic.js';
import { FOLDS, SEEDS, plan } from './plan.js';
import { rankingOf, thresholdAt, type Ranking } from './ranking.js';

/** The first seed of a training run; the others follow it. */
const SEED = 1;

/** False alarms among disks that do not fail within the horizon, from which on a disk is called so. */
const FALSE_ALARMS = { elevated: 0.05, high: 0.01, critical: 0.001 } as const;

/** Backblaze's own quarterly reports of these years: 3 to 6 % of all disks a year, so about 0.4 % a month. */
const FLEET_PREVALENCE = 0.004;

const options = new Command('train:disk-failure')
  .description('Trains model.json of the disk failure model; the same data give the same file.')
  .requiredOption('--data <folder>', 'folder that holds disk_backblaze/states.csv.gz and landmarks.csv.gz')
  .requiredOption('--date <day>', 'the day that the model is named by, as 2026-11-22')
  .option('--out <file>', 'where to', 'apps/ai/src/models/disk-failure/model.json')
  .parse()
  .opts<{ data: string; date: string; out: string }>();

const drives = readDrives(join(options.data, 'disk_backblaze'));
const examples = views.flatMap((view) => examplesOf(drives, view));
const scores = crossValidate(drives, examples, SEED, (fold) => say(`fold ${fold + 1} of ${FOLDS}`));
// Calibrated as a disk is asked of whose past is known.
const read = scoredIn('read');
const calibration = isotonic(read.scores, read.labels);
const figures = Object.fromEntries(views.map((view) => [view, figuresOf(scoredIn(view))]));
const { priors, trees } = fit(drives, SEED);

const model: StoredModel = {
  version: `disk-failure ${options.date}`,
  provenance: {
    data: 'Drive statistics of Backblaze, 2013 to September 2016 (https://www.backblaze.com/cloud-storage/resources/hard-drive-test-data): free to use with the source named; the data itself may not be sold. By the table of the R package dynamichazard.',
    drives: drives.length,
    failed_drives: drives.filter(({ failedAt }) => failedAt !== null).length,
    landmarks: read.labels.length,
    landmarks_failing_within_720h: read.labels.reduce((sum, label) => sum + label, 0),
    trained: options.date,
    command: 'npm run train:disk-failure -- --data <folder> --date <day>',
    hyper_parameters: { ...plan, ensembles: SEEDS, seed: SEED },
    figures: {
      by: `cross-validation in ${FOLDS} folds by drive; figures on the training data itself say nothing`,
      views:
        'read: with its past, and read at the landmark; changes: the newest snapshot is the last change; alone: one snapshot',
      ...figures,
    },
  },
  features: features.map(({ name }) => name),
  priors,
  calibration,
  bands: {
    elevated: thresholdAt(read.scores, read.labels, FALSE_ALARMS.elevated),
    high: thresholdAt(read.scores, read.labels, FALSE_ALARMS.high),
    critical: thresholdAt(read.scores, read.labels, FALSE_ALARMS.critical),
  },
  prevalence: { training: mean(Array.from(read.labels)), fleet: FLEET_PREVALENCE },
  trees,
};
const text = `${JSON.stringify(model)}\n`;
writeFileSync(options.out, text);
say(`${JSON.stringify(figures, null, 2)}\n${options.out}: ${text.length} bytes, ${trees.roots.length} trees`);

interface Scored {
  scores: number[];
  labels: number[];
}

function scoredIn(view: View): Scored {
  const places = examples.flatMap((example, place) => (example.view === view ? [place] : []));
  return { scores: places.map((place) => scores[place]!), labels: places.map((place) => examples[place]!.label) };
}

function figuresOf({ scores: own, labels }: Scored): Ranking & { brier: number } {
  const brier = mean(own.map((score, row) => (calibrated(calibration, score) - labels[row]!) ** 2));
  return { ...rankingOf(own, labels), brier };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
