import type { Category } from '@techze/contracts';

/** What people read, in every language of the reports. `{instance}`, `{value}`, `{threshold}` and `{detail}` are filled in. */
export interface Text {
  en: string;
  'pt-BR': string;
}

/**
 * Limits of a number, each inclusive. The penalty is 0 at `leave`, 40 at `warning`, 70 at `critical`, 100 at `fail`, and
 * linear between; a level that is null does not exist, and the penalty then stays below it however far the value goes.
 * `leave` and `critical_leave` are where an open finding falls back (hysteresis).
 */
export interface Levels {
  leave: number;
  warning: number | null;
  critical_leave: number | null;
  critical: number | null;
  fail: number;
}

/** Parts that come and go, and whose findings are kept apart by their names. */
export type PartKind = 'disk' | 'file_system' | 'interface' | 'sensor' | 'battery' | 'graphics';

/** From the least to the most that a metric can be. */
export type Range = readonly [min: number, max: number];

/** A number with limits. */
export interface LevelsRule {
  kind: 'levels';
  /** Which way is worse. */
  worse: 'above' | 'below';
  levels: Levels;
  range: Range;
}

/** Disks seen in the interval `(previous upTo, upTo]` and how many of them failed within a year. */
export interface Bucket {
  upTo: number;
  annualFailureRate: number;
}

/** A counter judged by what became of disks that showed as much. Zero is always fine; the last bucket is open-ended. */
export interface BucketsRule {
  kind: 'buckets';
  worse: 'above';
  buckets: readonly Bucket[];
  /** Annual failure rates (0..1 and beyond) of a penalty of 0, 40, 70 and 100. */
  rates: Levels;
  /** The counts at which these rates are reached: where findings begin and end, and what an override moves. */
  levels: Levels;
  range: Range;
}

/** A value out of a closed set, with the penalty of each. */
export interface StatesRule {
  kind: 'states';
  penalties: Readonly<Record<string, number>>;
  /** The state that loses nothing. */
  good: string;
}

/** Rules that judge a number. */
export type NumberRule = LevelsRule | BucketsRule;

export type Rule = NumberRule | StatesRule;

/** One thing that is judged, as data. Its code is its name in the table. */
export interface Check {
  category: Category;
  metric: string;
  unit: string;
  rule: Rule;
  /** What the finding is about, where that is a part of its own. */
  part?: PartKind;
  /** A critical of this check means that a part is failing: the score is capped at 25. */
  hardware_failing?: true;
  /** Adds to a category that something else makes observed; alone it says too little to call the category healthy. */
  supporting?: true;
  /** Also kept as a measurement over time, under the name of its metric (analytics.md). */
  measured?: true;
  /** Where the limits come from. `[P]` marks our own choice where the sources are silent. */
  source: string;
  title: Text;
  fix: Text;
}

export function levels(
  worse: LevelsRule['worse'],
  range: Range,
  limits: Pick<Levels, 'leave' | 'fail'> & Partial<Levels>,
): LevelsRule {
  return { kind: 'levels', worse, range, levels: { warning: null, critical_leave: null, critical: null, ...limits } };
}

export const PERCENT: Range = [0, 100];
export const CELSIUS: Range = [-40, 150];
export const COUNT: Range = [0, 2 ** 53 - 1];
export const SECONDS: Range = [0, 1e10];
