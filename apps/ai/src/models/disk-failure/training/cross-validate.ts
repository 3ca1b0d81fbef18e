import { BoostedTrees } from '../boosted-trees.js';
import { rowsOf, type Example } from './examples.js';
import { fit } from './fit.js';
import { FOLDS } from './plan.js';
import { fractionOf } from './random.js';

/**
 * A score for every example by trees that never saw its drive: two landmarks of one drive are all but the same row, so
 * folds of rows would praise a model that knows its drives by heart.
 */
export function crossValidate(
  examples: readonly Example[],
  seed: number,
  report: (fold: number) => void,
): Float64Array {
  const scores = new Float64Array(examples.length);
  const foldOf = ({ drive }: Example) => Math.floor(fractionOf(drive.id) * FOLDS);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const { priors, trees } = fit(
      examples.filter((example) => foldOf(example) !== fold),
      seed,
    );
    const model = new BoostedTrees(trees);
    const held = examples.flatMap((example, place) => (foldOf(example) === fold ? [place] : []));
    const rows = rowsOf(
      held.map((place) => examples[place]!),
      priors,
    );
    held.forEach((place, index) => {
      scores[place] = model.score(rows[index]!);
    });
    report(fold);
  }
  return scores;
}
