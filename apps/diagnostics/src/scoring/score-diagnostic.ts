import { Category, categoryWeights, type Band, type Section } from '@techze/contracts';
import { judgeAll, worstOf, type Assessment } from './assessment.js';
import { categoryVerdict, observedWeightOf } from './category-verdict.js';
import { deduct, inHundredths } from './deductions.js';
import type { Evidence } from './evidence.js';
import { DEFAULT_POLICY, type ScoringPolicy } from './policy.js';
import { readEvidence } from './readings/read-evidence.js';
import type { Observation, ScoredDeduction, ScoredFinding, Scoring } from './scoring.js';
import { titleOf } from './wording.js';

/** Changes whenever the same evidence could get another verdict. */
export const SCORING_VERSION = '1.1.0';

/** Below this part of the weights, a score is a guess and gets no band. */
const ENOUGH_COVERAGE = 0.4;

/**
 * What the evidence of one diagnostic says of the machine: score, what it is made of, findings. Pure: the same sections,
 * the same `now` (the time of collection, which decides about support dates) and the same policy give the same verdict.
 */
export function scoreDiagnostic(
  sections: Readonly<Record<string, Section>>,
  now: Date,
  policy?: ScoringPolicy,
): Scoring {
  return scoreEvidence(readEvidence(sections, now), policy);
}

/** Judges what was read, under the limits in force. */
export function scoreEvidence(evidence: Evidence, policy: ScoringPolicy = DEFAULT_POLICY): Scoring {
  const all = judgeAll(evidence.readings, policy);
  const assessments = worstOf(all);
  const counted = new Set(assessments);
  const verdicts = Category.options.map((name) => categoryVerdict(name, assessments));
  const observedWeight = observedWeightOf(verdicts);
  const coverage = observedWeight / 100;
  const { score, deductions } = deduct(assessments, verdicts);
  return {
    scoring_version: SCORING_VERSION,
    score,
    band: bandOf(score, coverage),
    coverage,
    categories: verdicts.map(({ name, penalty }) =>
      penalty === null
        ? { name, score: null, weight: 0, reason: evidence.unobserved.get(name) ?? 'its checks are turned off' }
        : { name, score: inHundredths(100 - penalty), weight: categoryWeights[name] / observedWeight, reason: null },
    ),
    deductions,
    findings: findingsOf(assessments, deductions),
    observations: assessments.map(observationOf),
    milder: new Set([...evidence.milder, ...all.filter((each) => !counted.has(each)).map(({ key }) => key)]),
    section_notes: evidence.notes,
    readings: evidence.readings,
    parts: evidence.parts,
    measurements: evidence.measurements,
  };
}

function observationOf({ key, code, check, reading, severity, hold, evidence, penalty }: Assessment): Observation {
  const { value, instance } = reading;
  const observation: Observation = {
    key,
    code,
    category: check.category,
    severity,
    hold,
    value,
    evidence,
    penalty,
  };
  if (instance !== undefined) observation.instance = instance;
  return observation;
}

function findingsOf(assessments: readonly Assessment[], deductions: readonly ScoredDeduction[]): ScoredFinding[] {
  const points = new Map(deductions.map((deduction) => [deduction.key, deduction.points]));
  return assessments.flatMap((assessment) => {
    const { key, code, check, severity, evidence } = assessment;
    if (!severity) return [];
    return [
      {
        key,
        category: check.category,
        code,
        severity,
        title: titleOf({ code, evidence }, 'en'),
        evidence,
        points: points.get(key) ?? 0,
      },
    ];
  });
}

function bandOf(score: number | null, coverage: number): Band {
  if (score === null || coverage < ENOUGH_COVERAGE) return 'unknown';
  if (score >= 80) return 'healthy';
  if (score >= 50) return 'attention';
  return score >= 25 ? 'poor' : 'critical';
}
