import type { BoostPlan } from './boost.js';

/** Chosen by cross-validation; small trees and heavy shrinkage, because only one disk in seventeen ever failed. */
export const plan: BoostPlan = {
  trees: 200,
  rate: 0.05,
  leaves: 12,
  minHessian: 2,
  minRows: 20,
  lambda: 5,
  minGain: 0,
  rowShare: 0.5,
  columnShare: 0.5,
};

/** Ensembles that are averaged, each of a seed of its own: a tenth of the noise of one. */
export const SEEDS = 3;

export const FOLDS = 5;
