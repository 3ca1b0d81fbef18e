import type { Evidence, Severity } from '@techze/contracts';
import type { Check } from './checks/check.js';
import { checks, type CheckCode } from './checks/checks.js';
import { severityOf, thresholdOf } from './penalty.js';
import { DEFAULT_POLICY, type CheckOverride, type ScoringPolicy } from './policy.js';
import type { Reading } from './readings/reading.js';
import { heldBy, weigh, type Weight } from './weight.js';

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

/** Worst first; equals by their names and what else was said of them, so that the order of the evidence never matters. */
export function byWeight(a: Assessment, b: Assessment): number {
  return b.penalty - a.penalty || b.badness - a.badness || byText(a.key, b.key) || bySaying(a.reading, b.reading);
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const bySaying = (a: Reading, b: Reading) => (a === b ? 0 : byText(JSON.stringify(a), JSON.stringify(b)));

/** The finding that a reading is about. */
export function keyOf({ code, instance }: Pick<Reading, 'code' | 'instance'>): string {
  return instance === undefined ? code : `${code}:${instance}`;
}

/** Judges all readings, worst first; of readings with one key the worst counts. */
export function judgeAll(readings: Iterable<Reading>, policy: ScoringPolicy = DEFAULT_POLICY): Assessment[] {
  const byKey = new Map<string, Assessment>();
  for (const reading of readings) {
    const assessment = judge(reading, policy.get(reading.code));
    if (!assessment) continue;
    const known = byKey.get(assessment.key);
    if (!known || byWeight(assessment, known) < 0) byKey.set(assessment.key, assessment);
  }
  return [...byKey.values()].sort(byWeight);
}

/** Judges all readings and keeps those that count, worst first. */
export function assess(readings: Iterable<Reading>, policy?: ScoringPolicy): Assessment[] {
  return worstOf(judgeAll(readings, policy));
}

/** Those that count: of each check the worst `INSTANCES_PER_CHECK`. */
export function worstOf(assessments: readonly Assessment[]): Assessment[] {
  const places = new Map<CheckCode, number>();
  return assessments.filter(({ code }) => {
    const place = places.get(code) ?? 0;
    places.set(code, place + 1);
    return place < INSTANCES_PER_CHECK;
  });
}

function judge(reading: Reading, override: CheckOverride | undefined): Assessment | null {
  const weight = weigh(reading, override);
  if (!weight) return null;
  const { code } = reading;
  const { penalty, badness } = weight;
  return {
    key: keyOf(reading),
    code,
    check: checks[code],
    reading,
    penalty,
    severity: severityOf(penalty),
    hold: heldBy(weight, reading),
    evidence: evidenceOf(reading, weight, override),
    badness,
  };
}

/** What was measured against which limit; numbers to two decimals. */
function evidenceOf(reading: Reading, { penalty, levels }: Weight, override: CheckOverride | undefined): Evidence {
  const { code, value, instance, detail } = reading;
  const check = checks[code];
  const evidence: Evidence = {
    metric: check.metric,
    value: typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    unit: check.unit,
    threshold: levels ? thresholdOf(levels, penalty) : check.rule.kind === 'states' ? check.rule.good : null,
    source: override?.levels ? override.source : (reading.source ?? check.source),
  };
  // Every reading of every diagnostic comes by here, and spreading an optional member costs as much as all the rest.
  if (instance !== undefined) evidence.instance = instance;
  if (detail !== undefined) evidence.detail = detail;
  return evidence;
}
