import { Category, categoryWeights, type Band, type Section } from '@techze/contracts';
import { assess, type Assessment } from './assessment.js';
import { categoryVerdict, observedWeightOf } from './category-verdict.js';
import { deduct, evidenceOf, inHundredths } from './deductions.js';
import { readSections } from './readings/read-sections.js';
import type { ScoredDeduction, ScoredFinding, Scoring } from './scoring.js';
import { unobservedReason } from './unobserved.js';
import { wordingOf } from './wording.js';

/** Changes whenever the same evidence could get another verdict. */
export const SCORING_VERSION = '1.0.0';

/** Below this part of the weights, a score is a guess and gets no band. */
const ENOUGH_COVERAGE = 0.4;

/**
 * What the evidence of one diagnostic says of the machine: score, what it is made of, findings. Pure: the same sections
 * and the same `now` (the time of collection, which decides about support dates) give the same verdict.
 */
export function scoreDiagnostic(sections: Readonly<Record<string, Section>>, now: Date): Scoring {
  const read = readSections(sections, now);
  const assessments = assess([...read.values()].flatMap(({ readings }) => readings));
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
        ? { name, score: null, weight: 0, reason: unobservedReason(name, sections) }
        : { name, score: inHundredths(100 - penalty), weight: categoryWeights[name] / observedWeight, reason: null },
    ),
    deductions,
    findings: findingsOf(assessments, deductions),
    section_notes: [...read].flatMap(([section, { note }]) => (note === null ? [] : [{ section, note }])),
  };
}

function findingsOf(assessments: readonly Assessment[], deductions: readonly ScoredDeduction[]): ScoredFinding[] {
  const points = new Map(deductions.map((deduction) => [deduction.key, deduction.points]));
  return assessments.flatMap((assessment) => {
    const { key, code, check, severity } = assessment;
    if (!severity) return [];
    return [
      {
        key,
        category: check.category,
        code,
        severity,
        title: wordingOf(assessment).en,
        evidence: evidenceOf(assessment),
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
