import { features } from '../features.js';
import type { StoredTrees } from '../boosted-trees.js';
import type { ModelPriors } from '../model-prior.js';
import { binned, edgesOf } from './bin.js';
import { boost, stored } from './boost.js';
import { labelsOf, rowsOf, type Example } from './examples.js';
import { SEEDS, plan } from './plan.js';
import { priorsOf } from './priors.js';

/** What one training brings forth. */
export interface Fit {
  readonly priors: ModelPriors;
  readonly trees: StoredTrees;
}

/** Trains on these examples and nothing else; the same examples and seed give the same trees. */
export function fit(examples: readonly Example[], seed: number): Fit {
  const priors = priorsOf([...new Set(examples.map(({ drive }) => drive))]);
  const rows = rowsOf(examples, priors);
  const edges = features.map((_, column) => edgesOf(rows.map((row) => row[column]!)));
  const data = binned(
    rows,
    edges,
    features.map(({ direction }) => direction),
  );
  const labels = labelsOf(examples);
  const weights = new Float64Array(rows.length).fill(1);
  const ensembles = Array.from({ length: SEEDS }, (_, index) => boost(data, labels, weights, plan, seed + index));
  return { priors, trees: stored(ensembles, edges) };
}
