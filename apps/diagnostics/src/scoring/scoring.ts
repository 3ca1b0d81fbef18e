import type { Category, Deduction, Evidence, Finding, Health, Severity } from '@techze/contracts';
import type { CheckCode } from './checks/checks.js';
import type { SectionNote } from './evidence.js';
import type { ListedParts } from './parts.js';
import type { Measurement, StoredReading } from './readings/reading.js';

/** A deduction before the finding has an id: `key` names the finding, null where there is none. */
export type ScoredDeduction = Omit<Deduction, 'finding_id'> & { key: string | null };

/** A fault that this diagnostic shows. Its key, `CODE` or `CODE:instance`, is the same in every diagnostic. */
export type ScoredFinding = Pick<Finding, 'key' | 'category' | 'code' | 'severity' | 'title' | 'evidence' | 'points'>;

/** One reading as it was judged, also where all is well: what the life of a finding is decided by. */
export interface Observation {
  key: string;
  code: CheckCode;
  instance?: string;
  category: Category;
  /** What this diagnostic alone says; null: no finding. */
  severity: Severity | null;
  /** The highest severity at which a finding that is open already stays (hysteresis). Never below `severity`. */
  hold: Severity | null;
  value: number | string;
  evidence: Evidence;
  /** 0..100. */
  penalty: number;
}

/** The verdict on one diagnostic. */
export interface Scoring extends Omit<Health, 'deductions'> {
  scoring_version: string;
  /** They add up to 100 − score exactly (whole hundredths). */
  deductions: ScoredDeduction[];
  findings: ScoredFinding[];
  observations: Observation[];
  /** Keys of what was read beside the observations: each no worse than the mildest observation of its check. */
  milder: ReadonlySet<string>;
  section_notes: readonly SectionNote[];
  /** Enough to judge again without the sections: `evidenceOfReadings`. */
  readings: readonly StoredReading[];
  parts: ListedParts;
  /** Values over time that nothing judges; `metricsOf` tells them all. */
  measurements: readonly Measurement[];
}
