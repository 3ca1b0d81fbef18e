import { features } from '../features.js';
import type { StoredTrees } from '../boosted-trees.js';
import type { ModelPriors } from '../model-prior.js';
import type { Drive } from './backblaze.js';
import { binned, edgesOf } from './bin.js';
import { boost, stored } from './boost.js';
import { labelsOf, rowsOf, trainingExamplesOf } from './examples.js';
import { SEEDS, plan } from './plan.js';
import { priorsOf } from './priors.js';
import { fractionOf } from './random.js';

/** What one training brings forth. */
export interface Fit {
  readonly priors: ModelPriors;
  readonly trees: StoredTrees;
}

/** A drive's prior is learnt without its own eighth of the drives: else a model of one disk would give its end away. */
const PRIOR_FOLDS = 8;

/** Trains on these drives and nothing else; the same drives and seed give the same trees. */
export function fit(drives: readonly Drive[], seed: number): Fit {
  const examples = trainingExamplesOf(drives);
  const foldOf = ({ id }: Drive) => Math.floor(fractionOf(`prior ${id}`) * PRIOR_FOLDS);
  const without = Array.from({ length: PRIOR_FOLDS }, (_, fold) =>
    priorsOf(drives.filter((drive) => foldOf(drive) !== fold)),
  );
  const rows = rowsOf(examples, (drive) => without[foldOf(drive)]!);
  const edges = features.map((_, column) => edgesOf(rows.map((row) => row[column]!)));
  const data = binned(
    rows,
    edges,
    features.map(({ direction }) => direction),
  );
  const labels = labelsOf(examples);
  const ensembles = Array.from({ length: SEEDS }, (_, index) => boost(data, labels, plan, seed + index));
  return { priors: priorsOf(drives), trees: stored(ensembles, edges) };
}
