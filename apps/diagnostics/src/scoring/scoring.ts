import type { Deduction, Finding, Health } from '@techze/contracts';

/** A deduction before the finding has an id: `key` names the finding, null where there is none. */
export type ScoredDeduction = Omit<Deduction, 'finding_id'> & { key: string | null };

/** A fault that this diagnostic shows. Its key, `CODE` or `CODE:instance`, is the same in every diagnostic. */
export type ScoredFinding = Pick<Finding, 'key' | 'category' | 'code' | 'severity' | 'title' | 'evidence' | 'points'>;

/** The verdict on one diagnostic. */
export interface Scoring extends Omit<Health, 'deductions'> {
  scoring_version: string;
  /** They add up to 100 − score exactly (whole hundredths). */
  deductions: ScoredDeduction[];
  findings: ScoredFinding[];
  /** Per section, the values that could not be used; each made its metric unknown. */
  section_notes: { section: string; note: string }[];
}
