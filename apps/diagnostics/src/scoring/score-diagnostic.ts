import { Category, categoryWeights, type Band, type Evidence, type Section } from '@techze/contracts';
import { assess, byWeight, type Assessment } from './assessment.js';
import { capOf } from './caps.js';
import { thresholdOf } from './penalty.js';
import { apportion } from './points.js';
import { readSections } from './readings/read-sections.js';
import type { ScoredDeduction, ScoredFinding, Scoring } from './scoring.js';
import { unobservedReason } from './unobserved.js';
import { wordingOf } from './wording.js';

/** Changes whenever the same evidence could get another verdict. */
export const SCORING_VERSION = '1.0.0';

/** Below this part of the weights, a score is a guess and gets no band. */
const ENOUGH_COVERAGE = 0.4;

/** Scores and points are whole hundredths, so that the sum holds exactly. */
const UNITS_PER_POINT = 100;
const ALL_UNITS = 100 * UNITS_PER_POINT;

interface CategoryVerdict {
  name: Category;
  /** 0..100, null where nothing was observed. */
  penalty: number | null;
  /** What each check adds to the penalty. */
  shares: { assessment: Assessment; share: number }[];
}

/**
 * What the evidence of one diagnostic says of the machine: score, what it is made of, findings. Pure: the same sections
 * and the same `now` (the time of collection, which decides about support dates) give the same verdict.
 */
export function scoreDiagnostic(sections: Readonly<Record<string, Section>>, now: Date = new Date()): Scoring {
  const read = readSections(sections, now);
  const assessments = assess([...read.values()].flatMap(({ readings }) => readings));
  const verdicts = Category.options.map((name) => verdictOf(name, assessments));
  const observedWeight = verdicts.reduce(
    (sum, { name, penalty }) => sum + (penalty === null ? 0 : categoryWeights[name]),
    0,
  );
  const weightOf = ({ name, penalty }: CategoryVerdict) =>
    penalty === null ? 0 : categoryWeights[name] / observedWeight;

  const { score, deductions } = deduct(assessments, verdicts, observedWeight);
  const coverage = observedWeight / 100;
  return {
    scoring_version: SCORING_VERSION,
    score,
    band: bandOf(score, coverage),
    coverage,
    categories: verdicts.map((verdict) => ({
      name: verdict.name,
      score: verdict.penalty === null ? null : Math.round((100 - verdict.penalty) * UNITS_PER_POINT) / UNITS_PER_POINT,
      weight: weightOf(verdict),
      reason: verdict.penalty === null ? unobservedReason(verdict.name, sections) : null,
    })),
    deductions,
    findings: findingsOf(assessments, deductions),
    section_notes: [...read].flatMap(([section, { note }]) => (note === null ? [] : [{ section, note }])),
  };
}

/** Penalty of a category: its worst check whole, the others by a quarter of their mean, at most 100 (product.md). */
function verdictOf(name: Category, assessments: readonly Assessment[]): CategoryVerdict {
  const own = assessments.filter(({ check }) => check.category === name).sort(byWeight);
  const [worst, ...others] = own;
  if (!worst || own.every(({ check }) => check.supporting)) return { name, penalty: null, shares: [] };
  const quarter = 0.25 / Math.max(1, others.length);
  const shares = [{ assessment: worst, share: worst.penalty }];
  let sum = 0;
  for (const assessment of others) {
    sum += assessment.penalty;
    shares.push({ assessment, share: assessment.penalty * quarter });
  }
  const penalty = Math.min(100, worst.penalty + sum * quarter);
  return { name, penalty, shares };
}

function deduct(
  assessments: readonly Assessment[],
  verdicts: readonly CategoryVerdict[],
  observedWeight: number,
): { score: number | null; deductions: ScoredDeduction[] } {
  if (observedWeight === 0) return { score: null, deductions: [] };

  const weighted = verdicts.reduce((sum, { name, penalty }) => sum + categoryWeights[name] * (penalty ?? 0), 0);
  const lostUnits = Math.round((weighted / observedWeight) * UNITS_PER_POINT);
  const shares = verdicts
    .flatMap(({ name, penalty, shares }) => {
      // Where the category was held at 100, its checks share what it really lost.
      const total = shares.reduce((sum, { share }) => sum + share, 0);
      const scale = total > 0 ? ((penalty ?? 0) / total) * categoryWeights[name] : 0;
      return shares.map(({ assessment, share }) => ({ assessment, share: share * scale }));
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || byWeight(a.assessment, b.assessment));
  const units = apportion(
    lostUnits,
    shares.map(({ share }) => share),
  );
  const deductions = shares.flatMap(({ assessment }, index) => {
    const points = (units[index] ?? 0) / UNITS_PER_POINT;
    return points > 0 || assessment.severity ? [deductionOf(assessment, points)] : [];
  });

  const capped = capOf(assessments);
  const limitUnits = capped ? capped.cap.limit * UNITS_PER_POINT : ALL_UNITS;
  const overUnits = ALL_UNITS - lostUnits - limitUnits;
  if (capped && overUnits > 0) {
    const { cap, cause } = capped;
    deductions.push({
      key: null,
      points: overUnits / UNITS_PER_POINT,
      code: cap.code,
      evidence: { ...evidenceOf(cause), source: cap.source },
      fix: cause.check.fix.en,
    });
  }
  return { score: Math.min(ALL_UNITS - lostUnits, limitUnits) / UNITS_PER_POINT, deductions };
}

function deductionOf(assessment: Assessment, points: number): ScoredDeduction {
  const { key, code, check, severity } = assessment;
  return { key: severity ? key : null, points, code, evidence: evidenceOf(assessment), fix: check.fix.en };
}

function findingsOf(assessments: readonly Assessment[], deductions: readonly ScoredDeduction[]): ScoredFinding[] {
  const points = new Map(deductions.map((deduction) => [deduction.key, deduction.points]));
  return assessments.flatMap((assessment) => {
    const { key, code, check, severity } = assessment;
    if (!severity) return [];
    const evidence = evidenceOf(assessment);
    return [
      {
        key,
        category: check.category,
        code,
        severity,
        title: wordingOf(assessment).en,
        evidence,
        points: points.get(key) ?? 0,
      },
    ];
  });
}

function evidenceOf({ check, reading, penalty }: Assessment): Evidence {
  const { value, instance, limits } = reading;
  return {
    metric: check.metric,
    ...(instance !== undefined && { instance }),
    value: typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    unit: check.unit,
    threshold: thresholdOf(check.rule, penalty, limits),
    source: check.source,
  };
}

function bandOf(score: number | null, coverage: number): Band {
  if (score === null || coverage < ENOUGH_COVERAGE) return 'unknown';
  if (score >= 80) return 'healthy';
  if (score >= 50) return 'attention';
  return score >= 25 ? 'poor' : 'critical';
}
