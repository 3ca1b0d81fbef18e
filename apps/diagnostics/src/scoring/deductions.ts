import { categoryWeights } from '@techze/contracts';
import { byWeight, type Assessment } from './assessment.js';
import { capOf } from './caps.js';
import { observedWeightOf, type CategoryVerdict } from './category-verdict.js';
import { apportion } from './points.js';
import type { ScoredDeduction } from './scoring.js';

/** Scores and points are whole hundredths, so that the sum holds exactly. */
const UNITS_PER_POINT = 100;
const ALL_UNITS = 100 * UNITS_PER_POINT;

export const inHundredths = (points: number): number => Math.round(points * UNITS_PER_POINT) / UNITS_PER_POINT;

/** The score (null where nothing was observed) and where the points went, heaviest first, the cap last. */
export function deduct(
  assessments: readonly Assessment[],
  verdicts: readonly CategoryVerdict[],
): { score: number | null; deductions: ScoredDeduction[] } {
  const observedWeight = observedWeightOf(verdicts);
  if (observedWeight === 0) return { score: null, deductions: split(0, verdicts) };

  // Rounded once: the parts are split from the whole, never the whole added up from rounded parts.
  const weighted = verdicts.reduce((sum, { name, penalty }) => sum + categoryWeights[name] * (penalty ?? 0), 0);
  const lostUnits = Math.round((weighted / observedWeight) * UNITS_PER_POINT);
  const deductions = split(lostUnits, verdicts);

  const capped = capOf(assessments);
  const overUnits = capped ? ALL_UNITS - lostUnits - capped.cap.limit * UNITS_PER_POINT : 0;
  if (capped && overUnits > 0) {
    const { cap, cause } = capped;
    const evidence = { ...cause.evidence, source: cap.source };
    deductions.push({
      key: null,
      points: overUnits / UNITS_PER_POINT,
      code: cap.code,
      evidence,
      fix: cap.fix.en,
    });
  }
  return { score: (ALL_UNITS - lostUnits - Math.max(0, overUnits)) / UNITS_PER_POINT, deductions };
}

/** Splits what was lost over the checks by what each added; a finding is kept even when nothing falls to it. */
function split(lostUnits: number, verdicts: readonly CategoryVerdict[]): ScoredDeduction[] {
  const parts = verdicts
    .flatMap(({ name, penalty, shares }) => {
      // Where the category was held at 100, its checks share what it really lost.
      const added = shares.reduce((sum, { share }) => sum + share, 0);
      const scale = added > 0 ? (categoryWeights[name] * (penalty ?? 0)) / added : 0;
      return shares.map(({ assessment, share }) => ({ assessment, share: share * scale }));
    })
    .filter(({ assessment, share }) => share > 0 || assessment.severity)
    .sort((a, b) => b.share - a.share || byWeight(a.assessment, b.assessment));
  const units = apportion(
    lostUnits,
    parts.map(({ share }) => share),
  );
  return parts.flatMap(({ assessment }, index) => {
    const points = (units[index] ?? 0) / UNITS_PER_POINT;
    if (points === 0 && !assessment.severity) return [];
    const { key, code, check, severity, evidence } = assessment;
    return [{ key: severity ? key : null, points, code, evidence, fix: check.fix.en }];
  });
}
