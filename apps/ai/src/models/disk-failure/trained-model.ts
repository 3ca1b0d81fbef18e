import { readFileSync } from 'node:fs';
import { BoostedTrees, type StoredTrees } from './boosted-trees.js';
import type { StoredCalibration } from './calibration.js';
import { features } from './features.js';
import type { ModelPriors } from './model-prior.js';

/** `model.json`: what `npm run train:disk-failure` wrote. */
export interface StoredModel {
  readonly version: string;
  readonly provenance: Readonly<Record<string, unknown>>;
  /** In the order of the columns; the code must compute the same. */
  readonly features: readonly string[];
  readonly priors: ModelPriors;
  readonly calibration: StoredCalibration;
  /** Scores from which on a disk is called so. */
  readonly bands: { readonly elevated: number; readonly high: number; readonly critical: number };
  /** Share that fails within the horizon: among the landmarks of the training, and in fleets at large. */
  readonly prevalence: { readonly training: number; readonly fleet: number };
  readonly trees: StoredTrees;
}

export interface TrainedModel extends Omit<StoredModel, 'trees'> {
  readonly trees: BoostedTrees;
}

let loaded: TrainedModel | undefined;

/** Read once a process. */
export function trainedModel(): TrainedModel {
  return (loaded ??= load(JSON.parse(readFileSync(new URL('./model.json', import.meta.url), 'utf8')) as StoredModel));
}

function load(stored: StoredModel): TrainedModel {
  const names = features.map(({ name }) => name);
  if (stored.features.join() !== names.join()) {
    throw new Error('model.json was trained on other features: run npm run train:disk-failure again');
  }
  return { ...stored, trees: new BoostedTrees(stored.trees) };
}
