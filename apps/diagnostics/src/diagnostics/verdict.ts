import type { CreateDiagnostic, Deduction, Finding, Health } from '@techze/contracts';
import type { FindingHistory } from '../findings/findings.repository.js';
import type { Scoring } from '../scoring/index.js';

/** The score in the API's words: each deduction names its finding by id. */
export function toHealth(scoring: Scoring, histories: ReadonlyMap<string, FindingHistory>): Health {
  const deductions = scoring.deductions.map(({ key, ...deduction }): Deduction => ({
    finding_id: (key === null ? undefined : histories.get(key)?.id) ?? null,
    ...deduction,
  }));
  const { score, band, coverage, categories } = scoring;
  return { score, band, coverage, categories, deductions };
}

/** The findings of one diagnostic as they stand at its time. */
export function toFindings(scoring: Scoring, histories: ReadonlyMap<string, FindingHistory>): Finding[] {
  return scoring.findings.flatMap((finding) => {
    const history = histories.get(finding.key);
    if (!history) return [];
    return [
      {
        ...finding,
        id: history.id,
        state: history.state,
        first_seen: history.first_seen.toISOString(),
        last_seen: history.last_seen.toISOString(),
        occurrences: history.occurrences,
        trend: history.trend,
        acknowledgement: history.acknowledgement,
      },
    ];
  });
}

/** A collector that failed, or a value that could not be used, leaves a diagnostic partial; a part that is not there does not. */
export function isPartial(sections: CreateDiagnostic['sections'], scoring: Scoring): boolean {
  return (
    scoring.section_notes.length > 0 ||
    Object.values(sections).some(({ status }) => status !== 'ok' && status !== 'unavailable')
  );
}
