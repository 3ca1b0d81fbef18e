import type { Severity } from '@techze/contracts';
import type { BucketsRule, Levels, LevelsRule, NumberRule } from './checks/check.js';
import { failureRateOf } from './checks/failure-rates.js';

/** Penalties at the four levels (product.md, "The score"); a finding begins at `warning`. */
export const PENALTY = { leave: 0, warning: 40, critical: 70, fail: 100 } as const;

/** One below `critical` and `warning`: how far a check goes that lacks the level. */
export const BELOW_CRITICAL = PENALTY.critical - 1;
const BELOW_WARNING = PENALTY.warning - 1;

const STEPS = ['warning', 'critical', 'fail'] as const;

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

  for (const step of STEPS) {
    const limit = limits[step];
    if (limit === null) continue;
    const penalty = step === 'fail' ? heaviest(limits) : PENALTY[step];
    const toX = limit * sign;
    if (x < toX) return fromPenalty + ((penalty - fromPenalty) * (x - fromX)) / (toX - fromX);
    fromX = toX;
    fromPenalty = penalty;
  }
  return fromPenalty;
}

/**
 * How bad a count is, is what became of disks that showed as much. An override moves the counts at which it becomes a
 * warning or critical; within these, the failure rate still decides.
 */
function bucketsPenalty({ buckets, rates, levels }: BucketsRule, value: number, limits: Levels): number {
  if (value <= 0) return PENALTY.leave;
  const penalty = levelsPenalty('above', rates, failureRateOf(buckets, value));
  if (limits === levels) return penalty;
  if (value <= limits.leave) return PENALTY.leave;
  if (limits.critical !== null && value >= limits.critical) {
    return value >= limits.fail ? PENALTY.fail : Math.max(PENALTY.critical, penalty);
  }
  if (limits.warning !== null && value >= limits.warning) {
    return Math.min(BELOW_CRITICAL, Math.max(PENALTY.warning, penalty));
  }
  return Math.min(BELOW_WARNING, penalty);
}

/** 0..100 under these limits. */
export function numberPenalty(rule: NumberRule, value: number, limits: Levels): number {
  return rule.kind === 'levels' ? levelsPenalty(rule.worse, limits, value) : bucketsPenalty(rule, value, limits);
}

/** The highest severity at which an open finding stays: it falls back where the value is no longer beyond a leave level. */
export function heldSeverity(worse: NumberRule['worse'], limits: Levels, value: number): Severity | null {
  const { leave, warning, critical_leave, critical } = limits;
  const beyond = (limit: number) => (worse === 'above' ? value > limit : value < limit);
  if (critical !== null && beyond(critical_leave ?? (warning === null ? leave : critical))) return 'critical';
  return warning !== null && beyond(leave) ? 'warning' : null;
}

/** The limit that was crossed; below the warning level, the one where a finding would begin. */
export function thresholdOf({ leave, warning, critical }: Levels, penalty: number): number {
  if (critical !== null && (penalty >= PENALTY.critical || warning === null)) return critical;
  return warning ?? leave;
}
