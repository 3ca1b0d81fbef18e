import type { Severity } from '@techze/contracts';
import type { Check, Rule } from './checks/check.js';
import { checks, type CheckCode } from './checks/checks.js';
import { penaltyOf, severityOf } from './penalty.js';
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
export function assess(readings: Iterable<Reading>): Assessment[] {
  const byCode = new Map<CheckCode, Map<string, Assessment>>();
  for (const reading of readings) {
    const assessment = judge(reading);
    if (!assessment) continue;
    const instances = byCode.get(reading.code) ?? new Map<string, Assessment>();
    byCode.set(reading.code, instances);
    const known = instances.get(assessment.key);
    if (!known || byWeight(assessment, known) < 0) instances.set(assessment.key, assessment);
  }
  return [...byCode.values()].flatMap((instances) =>
    [...instances.values()].sort(byWeight).slice(0, INSTANCES_PER_CHECK),
  );
}

function judge(reading: Reading): Assessment | null {
  const { code, value, instance, limits, atMost = Infinity } = reading;
  const check = checks[code];
  const raw = penaltyOf(check.rule, value, limits);
  if (raw === null) return null;
  const penalty = Math.min(raw, atMost);
  const key = instance === undefined ? code : `${code}:${instance}`;
  return { key, code, check, reading, penalty, severity: severityOf(penalty), badness: badnessOf(check.rule, value) };
}

function badnessOf(rule: Rule, value: Reading['value']): number {
  if (typeof value !== 'number') return 0;
  return rule.kind === 'levels' && rule.worse === 'below' ? -value : value;
}
