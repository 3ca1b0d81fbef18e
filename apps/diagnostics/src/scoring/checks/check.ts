import type { Category } from '@techze/contracts';

/** What people read, in every language of the reports. `{instance}`, `{value}`, `{threshold}` and `{detail}` are filled in. */
export interface Text {
  en: string;
  'pt-BR': string;
}

/**
 * Limits of a number. The penalty is 0 at `leave`, 40 at `warning`, 70 at `critical`, 100 at `fail`, and linear between;
 * a level that is null does not exist, and the penalty then stays below it however far the value goes.
 * `leave` and `criticalLeave` are where an open finding falls back (hysteresis).
 */
export interface Levels {
  leave: number;
  warning: number | null;
  criticalLeave: number | null;
  critical: number | null;
  fail: number;
}

/** A number with limits. */
export interface LevelsRule {
  kind: 'levels';
  /** Which way is worse. */
  worse: 'above' | 'below';
  levels: Levels;
}

/** Disks seen in the interval `(previous upTo, upTo]` and how many of them failed within a year. */
export interface Bucket {
  upTo: number;
  annualFailureRate: number;
}

/** A counter judged by what became of disks that showed as much. Zero is always fine; the last bucket is open-ended. */
export interface BucketsRule {
  kind: 'buckets';
  buckets: readonly Bucket[];
  /** Annual failure rates (0..1 and beyond) of a penalty of 0, 40, 70 and 100. */
  rates: Levels;
}

/** A value out of a closed set, with the penalty of each. */
export interface StatesRule {
  kind: 'states';
  penalties: Readonly<Record<string, number>>;
  /** The state that loses nothing. */
  good: string;
}

export type Rule = LevelsRule | BucketsRule | StatesRule;

/** One thing that is judged, as data. Its code is its name in the table. */
export interface Check {
  category: Category;
  metric: string;
  unit: string;
  rule: Rule;
  /** A critical of this check means that a part is failing: the score is capped at 25. */
  hardware_failing?: true;
  /** Adds to a category that something else makes observed; alone it says too little to call the category healthy. */
  supporting?: true;
  /** Where the limits come from. `[P]` marks our own choice where the sources are silent. */
  source: string;
  title: Text;
  fix: Text;
}

export function levels(
  worse: LevelsRule['worse'],
  limits: Pick<Levels, 'leave' | 'fail'> & Partial<Levels>,
): LevelsRule {
  return { kind: 'levels', worse, levels: { warning: null, criticalLeave: null, critical: null, ...limits } };
}
