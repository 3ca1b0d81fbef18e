import type { Severity } from '@techze/contracts';
import type { BucketsRule, Levels, LevelsRule, Rule } from './checks/check.js';

/** Penalties at the four levels (product.md, "The score"); a finding begins at `warning`. */
export const PENALTY = { leave: 0, warning: 40, critical: 70, fail: 100 } as const;

/** One below `critical` and `warning`: how far a check goes that lacks the level. */
const BELOW_CRITICAL = PENALTY.critical - 1;
const BELOW_WARNING = PENALTY.warning - 1;

/** The severity is read off the penalty, so the score can never disagree with the findings. */
export function severityOf(penalty: number): Severity | null {
  if (penalty >= PENALTY.critical) return 'critical';
  return penalty >= PENALTY.warning ? 'warning' : null;
}

/** The heaviest penalty that limits can give: without a critical level a value is never critical. */
function heaviest({ warning, critical }: Levels): number {
  if (critical !== null) return PENALTY.fail;
  return warning !== null ? BELOW_CRITICAL : BELOW_WARNING;
}

/** 0 at `leave`, 40, 70, 100 at the levels, linear between them, never falling as the value gets worse. */
export function levelsPenalty(worse: LevelsRule['worse'], limits: Levels, value: number): number {
  const sign = worse === 'above' ? 1 : -1;
  const x = value * sign;
  let fromX = limits.leave * sign;
  let fromPenalty: number = PENALTY.leave;
  if (x <= fromX) return fromPenalty;

  const steps = [
    [limits.warning, PENALTY.warning],
    [limits.critical, PENALTY.critical],
    [limits.fail, heaviest(limits)],
  ] as const;
  for (const [limit, penalty] of steps) {
    if (limit === null) continue;
    const toX = limit * sign;
    if (x < toX) return fromPenalty + ((penalty - fromPenalty) * (x - fromX)) / (toX - fromX);
    fromX = toX;
    fromPenalty = penalty;
  }
  return fromPenalty;
}

/**
 * The annual failure rate of the bucket `(previous, upTo]` that holds the value; beyond the last one, the last.
 * Observed rates wobble from bucket to bucket; more errors never make a disk better, so the highest rate so far counts.
 */
export function failureRateOf(buckets: BucketsRule['buckets'], value: number): number {
  let highest = 0;
  for (const { upTo, annualFailureRate } of buckets) {
    highest = Math.max(highest, annualFailureRate);
    if (value <= upTo) break;
  }
  return highest;
}

function bucketsPenalty({ buckets, rates }: BucketsRule, value: number): number {
  return value <= 0 ? 0 : levelsPenalty('above', rates, failureRateOf(buckets, value));
}

/** 0..100, or null when the value says nothing under this rule (an unknown state, a string for a number). */
export function penaltyOf(rule: Rule, value: number | string, limits?: Levels): number | null {
  if (rule.kind === 'states') {
    return typeof value === 'string' && Object.hasOwn(rule.penalties, value) ? (rule.penalties[value] ?? null) : null;
  }
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  return rule.kind === 'levels' ? levelsPenalty(rule.worse, limits ?? rule.levels, value) : bucketsPenalty(rule, value);
}

/** The limit that the value crossed; below the warning level, the one where a finding would begin. */
export function thresholdOf(rule: Rule, penalty: number, limits?: Levels): number | string {
  if (rule.kind === 'states') return rule.good;
  if (rule.kind === 'buckets') return bucketThreshold(rule, penalty);
  const { leave, warning, critical } = limits ?? rule.levels;
  if (critical !== null && (penalty >= PENALTY.critical || warning === null)) return critical;
  return warning ?? leave;
}

/** The count above which the failure rate reaches the level that was crossed. */
function bucketThreshold({ buckets, rates }: BucketsRule, penalty: number): number {
  const rate = penalty >= PENALTY.critical ? rates.critical : rates.warning;
  const first = buckets.findIndex(({ annualFailureRate }) => annualFailureRate >= (rate ?? 0));
  return buckets[first - 1]?.upTo ?? 0;
}
