import type { Deduction, RescoredDiagnostic } from '@techze/contracts';
import {
  isCheckCode,
  type Observation,
  type ScoredDeduction,
  type Scoring,
  type ScoringPolicy,
} from '../scoring/index.js';

type Difference = RescoredDiagnostic['differences'][number];
type Judged = Pick<Deduction, 'code' | 'points' | 'evidence'>;

/** A verdict as it was given. */
export interface EarlierVerdict {
  readonly scoring_version: string;
  readonly deductions: readonly Judged[];
}

/** The rules and the overrides that judge today. */
export interface LaterVerdict {
  readonly scoring: Pick<Scoring, 'scoring_version' | 'observations'> & {
    readonly deductions: readonly ScoredDeduction[];
  };
  readonly policy: ScoringPolicy;
}

/**
 * Why the same evidence has another score, deduction by deduction, the heaviest difference first. Both verdicts' points
 * add up to what they lost, so the differences add up to the difference of the scores.
 */
export function explainDifferences(then: EarlierVerdict, { scoring, policy }: LaterVerdict): Difference[] {
  const before = byKey(then.deductions);
  const after = byKey(scoring.deductions);
  const observed = new Map(scoring.observations.map((observation) => [observation.key, observation]));
  const versions = { then: then.scoring_version, now: scoring.scoring_version };
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((key): Difference[] => {
      const [was, is] = [before.get(key), after.get(key)];
      const points = { then: was?.points ?? 0, now: is?.points ?? 0 };
      const code = (is ?? was)?.code;
      if (points.then === points.now || code === undefined) return [];
      const reason = isCheckCode(code)
        ? reasonOf(was, observed.get(key), policy.get(code), versions)
        : reasonOfCap(was, is);
      return [{ code, key, points, reason }];
    })
    .sort((a, b) => weightOf(b) - weightOf(a) || (a.key < b.key ? -1 : 1));
}

/** A check's instances are told apart; there is one cap at most of a kind. Points below a finding's level count, too. */
function byKey(deductions: readonly Judged[]): Map<string, Judged> {
  return new Map(
    deductions.map((deduction) => {
      const { code, evidence } = deduction;
      return [isCheckCode(code) && evidence.instance !== undefined ? `${code}:${evidence.instance}` : code, deduction];
    }),
  );
}

function weightOf({ points }: Difference): number {
  return Math.abs(points.now - points.then);
}

function reasonOf(
  was: Judged | undefined,
  is: Observation | undefined,
  override: ReturnType<ScoringPolicy['get']>,
  versions: { then: string; now: string },
): string {
  const changedRules = versions.then !== versions.now;
  if (override?.enabled === false) return `The check is switched off by ${override.source}.`;
  if (!is) return `Scoring ${versions.now} does not judge this any more.`;
  const limit = `${is.evidence.threshold} (${is.evidence.source})`;
  if (was && was.evidence.threshold === is.evidence.threshold && was.evidence.source === is.evidence.source) {
    if (was.evidence.value !== is.evidence.value)
      return `Scoring ${versions.now} reads ${is.evidence.value} where scoring ${versions.then} read ${was.evidence.value}.`;
    return changedRules
      ? `Scoring ${versions.now} weighs it otherwise than scoring ${versions.then} did.`
      : 'The fault is the same; it weighs otherwise because other parts of the score changed.';
  }
  const earlier = was ? `${was.evidence.threshold} (${was.evidence.source})` : undefined;
  if (override?.levels)
    return earlier === undefined
      ? `An override is in force that was not: the threshold is ${limit} now.`
      : `An override changed: the threshold is ${limit} now, it was ${earlier}.`;
  if (changedRules)
    return earlier === undefined
      ? `Scoring ${versions.now} judges it by ${limit}; scoring ${versions.then} lost no point to it.`
      : `The rule changed from scoring ${versions.then} to ${versions.now}: the threshold is ${limit} now, it was ${earlier}.`;
  return `An override that was in force then is no longer: the threshold is ${limit} now.`;
}

function reasonOfCap(was: Judged | undefined, is: Judged | undefined): string {
  if (!was) return 'This limit applies now; it did not then.';
  if (!is)
    return 'This limit takes nothing any more: what brought it about is judged otherwise, or other deductions take more.';
  return 'The limit is the same; it takes what the other deductions leave above it.';
}
