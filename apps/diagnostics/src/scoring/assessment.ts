import type { Evidence, Severity } from '@techze/contracts';
import type { Check, Levels, NumberRule, StatesRule } from './checks/check.js';
import { checks, type CheckCode } from './checks/checks.js';
import { BELOW_CRITICAL, heldSeverity, numberPenalty, severityOf, thresholdOf } from './penalty.js';
import { DEFAULT_POLICY, mergeLevels, type CheckOverride, type ScoringPolicy } from './policy.js';
import type { Reading } from './readings/reading.js';

/** A reading that has been judged. */
export interface Assessment {
  /** `CODE` or `CODE:instance`. */
  key: string;
  code: CheckCode;
  check: Check;
  reading: Reading;
  /** 0..100. */
  penalty: number;
  severity: Severity | null;
  /** The highest severity at which a finding that is open already stays. Never below `severity`. */
  hold: Severity | null;
  evidence: Evidence;
  /** Tells values of equal penalty apart: the higher, the worse. */
  badness: number;
}

/** How many instances of one check count, worst first: 10,000 disks give neither 10,000 deductions nor a diluted score. */
export const INSTANCES_PER_CHECK = 32;

/** Worst first; equals in the order of their keys, so that the order of the evidence never matters. */
export function byWeight(a: Assessment, b: Assessment): number {
  return b.penalty - a.penalty || b.badness - a.badness || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Judges all readings. Of readings with one key the worst counts, of one check the worst `INSTANCES_PER_CHECK`. */
export function assess(readings: Iterable<Reading>, policy: ScoringPolicy = DEFAULT_POLICY): Assessment[] {
  const byCode = new Map<CheckCode, Map<string, Assessment>>();
  for (const reading of readings) {
    const assessment = judge(reading, policy.get(reading.code));
    if (!assessment) continue;
    const instances = byCode.get(reading.code) ?? new Map<string, Assessment>();
    byCode.set(reading.code, instances);
    const known = instances.get(assessment.key);
    if (!known || byWeight(assessment, known) < 0) instances.set(assessment.key, assessment);
  }
  return [...byCode.values()].flatMap((instances) =>
    instances.size > INSTANCES_PER_CHECK
      ? [...instances.values()].sort(byWeight).slice(0, INSTANCES_PER_CHECK)
      : [...instances.values()],
  );
}

interface Judgement extends Pick<Assessment, 'penalty' | 'hold' | 'badness'> {
  threshold: number | string;
}

/** null when the check is off, or the value says nothing to it (an unknown state, a text for a number). */
export function judge(reading: Reading, override?: CheckOverride): Assessment | null {
  const judgement = judgementOf(reading, override);
  if (!judgement) return null;
  const { code, instance } = reading;
  const { penalty, hold, badness } = judgement;
  return {
    key: instance === undefined ? code : `${code}:${instance}`,
    code,
    check: checks[code],
    reading,
    penalty,
    severity: severityOf(penalty),
    hold,
    evidence: evidenceOf(reading, judgement.threshold, override),
    badness,
  };
}

/** What was measured against which limit; numbers to two decimals. */
function evidenceOf(
  { code, value, instance, detail, source }: Reading,
  threshold: number | string,
  override: CheckOverride | undefined,
): Evidence {
  const check = checks[code];
  return {
    metric: check.metric,
    ...(instance !== undefined && { instance }),
    value: typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    unit: check.unit,
    threshold,
    source: override?.levels ? override.source : (source ?? check.source),
    ...(detail !== undefined && { detail }),
  };
}

function judgementOf(reading: Reading, override?: CheckOverride): Judgement | null {
  if (override?.enabled === false) return null;
  const { rule } = checks[reading.code];
  return rule.kind === 'states' ? judgeState(rule, reading) : judgeNumber(rule, reading, override?.levels);
}

function judgeState(rule: StatesRule, { value, at_most = Infinity }: Reading): Judgement | null {
  const known = typeof value === 'string' && Object.hasOwn(rule.penalties, value) ? rule.penalties[value] : undefined;
  if (known === undefined) return null;
  const penalty = Math.min(known, at_most);
  return { penalty, hold: severityOf(penalty), threshold: rule.good, badness: 0 };
}

function judgeNumber(
  rule: NumberRule,
  { value, limits, at_most = Infinity }: Reading,
  override: Partial<Levels> | undefined,
): Judgement | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  const levels = override ? mergeLevels(rule, override) : (limits ?? rule.levels);
  // What is held below critical is held against the usual critical level: who names another one means it.
  const most = typeof override?.critical === 'number' && at_most === BELOW_CRITICAL ? Infinity : at_most;
  const penalty = Math.min(numberPenalty(rule, value, levels), most);
  return {
    penalty,
    hold: higher(severityOf(penalty), lower(heldSeverity(rule.worse, levels, value), severityOf(most))),
    threshold: thresholdOf(levels, penalty),
    badness: rule.worse === 'below' ? -value : value,
  };
}

const RANK = { info: 1, warning: 2, critical: 3 } as const;
const rankOf = (severity: Severity | null) => (severity === null ? 0 : RANK[severity]);
const higher = (a: Severity | null, b: Severity | null) => (rankOf(a) >= rankOf(b) ? a : b);
const lower = (a: Severity | null, b: Severity | null) => (rankOf(a) <= rankOf(b) ? a : b);
