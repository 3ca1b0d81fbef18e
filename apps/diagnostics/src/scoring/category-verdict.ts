import { categoryWeights, type Category } from '@techze/contracts';
import type { Assessment } from './assessment.js';

/** What the checks of one category come to. */
export interface CategoryVerdict {
  name: Category;
  /** 0..100, null where nothing was observed. */
  penalty: number | null;
  /** What each check adds to the penalty, before it is held at 100. */
  shares: { assessment: Assessment; share: number }[];
}

/** The worst check whole, the others by a quarter of their mean, at most 100 (product.md, "The score"). */
export function categoryVerdict(name: Category, worstFirst: readonly Assessment[]): CategoryVerdict {
  const own = worstFirst.filter(({ check }) => check.category === name);
  const [worst, ...others] = own;
  if (!worst || own.every(({ check }) => check.supporting)) {
    return { name, penalty: null, shares: own.map((assessment) => ({ assessment, share: 0 })) };
  }
  const quarter = 0.25 / Math.max(1, others.length);
  const sum = others.reduce((total, { penalty }) => total + penalty, 0);
  return {
    name,
    penalty: Math.min(100, worst.penalty + sum * quarter),
    shares: [
      { assessment: worst, share: worst.penalty },
      ...others.map((assessment) => ({ assessment, share: assessment.penalty * quarter })),
    ],
  };
}

/** Together the weight of the categories that were observed, out of 100. */
export function observedWeightOf(verdicts: readonly CategoryVerdict[]): number {
  return verdicts.reduce((sum, { name, penalty }) => sum + (penalty === null ? 0 : categoryWeights[name]), 0);
}
