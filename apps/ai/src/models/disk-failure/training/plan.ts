import type { BoostPlan } from './boost.js';

/** Chosen by cross-validation; small trees and heavy shrinkage, because only one disk in seventeen ever failed. */
export const plan: BoostPlan = {
  trees: 120,
  rate: 0.08,
  leaves: 16,
  minHessian: 4,
  minRows: 20,
  lambda: 5,
  minGain: 0,
  rowShare: 0.5,
  columnShare: 0.5,
};

/** Ensembles that are averaged, each of a seed of its own. */
export const SEEDS = 3;

export const FOLDS = 5;
