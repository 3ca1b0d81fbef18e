import { BoostedTrees } from '../boosted-trees.js';
import type { Drive } from './backblaze.js';
import { rowsOf, type Example } from './examples.js';
import { fit } from './fit.js';
import { FOLDS } from './plan.js';
import { fractionOf } from './random.js';

/**
 * A score for every example by trees that never saw its drive: two landmarks of one drive are all but the same row, so
 * folds of rows would praise a model that knows its drives by heart.
 */
export function crossValidate(
  drives: readonly Drive[],
  examples: readonly Example[],
  seed: number,
  report: (fold: number) => void,
): Float64Array {
  const scores = new Float64Array(examples.length);
  const foldOf = ({ id }: Drive) => Math.floor(fractionOf(id) * FOLDS);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const { priors, trees } = fit(
      drives.filter((drive) => foldOf(drive) !== fold),
      seed,
    );
    const model = new BoostedTrees(trees);
    const held = examples.flatMap(({ drive }, place) => (foldOf(drive) === fold ? [place] : []));
    const rows = rowsOf(
      held.map((place) => examples[place]!),
      () => priors,
    );
    held.forEach((place, index) => {
      scores[place] = model.score(rows[index]!);
    });
    report(fold);
  }
  return scores;
}
