import type { FindingRow } from './finding.entity.js';
import type { Step } from './life/index.js';

/** A finding after something became of it, and who brought it about. */
export interface FindingChange {
  readonly row: FindingRow;
  readonly step: Step;
  readonly siteId: string | null;
  /** The diagnostic that showed it; null for a person or the clock. */
  readonly diagnosticId: string | null;
  readonly occurredAt: Date;
  /** Who did it, and what they said; absent for a diagnostic or the clock. */
  readonly actor?: string;
  readonly note?: string | undefined;
}

/** The row that a step leaves behind: what became of a finding counts as an edit, that it was seen again does not. */
export function steppedRow(row: FindingRow, step: Step, now: Date): FindingRow {
  const { acknowledgement } = step.life;
  return {
    ...row,
    ...step.life,
    acknowledged_until: acknowledgement?.expires_at ? new Date(acknowledgement.expires_at) : null,
    version: step.transition && step.transition.from !== null ? row.version + 1 : row.version,
    updated_at: now,
  };
}
