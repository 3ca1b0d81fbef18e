import type { Finding, Section } from '@techze/contracts';
import type { DiagnosticFacts, MachineFacts, PastFacts, ReportFacts } from '../../src/reports/report-facts.js';
import { isGone, scoreDiagnostic, type Scoring } from '../../src/scoring/index.js';

type Sections = Readonly<Record<string, Section>>;

/** An id that is right, told apart by a number. */
export const idOf = (prefix: string, number: number): string => `${prefix}_${String(number).padStart(32, '0')}`;

/** A diagnostic as it is stored, truly scored. */
export function diagnosed(
  sections: Sections,
  {
    number = 1,
    at = new Date('2026-11-22T08:00:00Z'),
    ...changes
  }: Partial<DiagnosticFacts> & { number?: number; at?: Date } = {},
): DiagnosticFacts & { readonly scoring: Scoring } {
  const scoring = scoreDiagnostic(sections, at);
  const ids = new Map(scoring.findings.map(({ key }, index) => [key, idOf('fnd', index + 1)]));
  const { score, band, coverage, categories } = scoring;
  return {
    id: idOf('dgn', number),
    type: 'full',
    status: 'completed',
    collected_at: at,
    received_at: new Date(at.getTime() + 1_250),
    created_at: new Date(at.getTime() + 1_250),
    seen_at: at,
    scoring_version: scoring.scoring_version,
    agent: { version: '1.0.0' },
    health: {
      score,
      band,
      coverage,
      categories,
      deductions: scoring.deductions.map(({ key, ...deduction }) => ({
        finding_id: key === null ? null : (ids.get(key) ?? null),
        ...deduction,
      })),
    },
    findings: scoring.findings.map((finding): Finding => ({
      ...finding,
      id: ids.get(finding.key) ?? '',
      state: 'open',
      first_seen: at.toISOString(),
      last_seen: at.toISOString(),
      occurrences: 1,
      trend: null,
      acknowledgement: null,
    })),
    readings: scoring.readings,
    notes: null,
    scoring,
    ...changes,
  };
}

export const counterPc: MachineFacts = {
  name: null,
  hostname: 'balcao-03',
  serial: 'PF3ABCDE',
  manufacturer: 'LENOVO',
  model: 'ThinkPad X1 Carbon Gen 9',
  os: 'Microsoft Windows 11 Pro 10.0.26100',
  customer: 'Padaria São João Ltda.',
  site: 'Loja Centro',
  timezone: 'America/Sao_Paulo',
};

/** All that a report of these sections is made of. */
export function factsOf(
  sections: Sections,
  changes: Partial<ReportFacts> & {
    diagnostic?: ReturnType<typeof diagnosed>;
    against?: ReturnType<typeof diagnosed>;
  } = {},
): ReportFacts {
  const diagnostic = changes.diagnostic ?? diagnosed(sections);
  const later =
    changes.against && (changes.against.seen_at ?? 0) > (diagnostic.seen_at ?? 0) ? changes.against : diagnostic;
  return {
    machine: counterPc,
    sections: Object.entries(sections).map(([name, { status }]) => ({ name, status })),
    past: [pastOf(diagnostic)],
    against: null,
    isGone: ({ code, evidence }) => isGone(later.scoring, { code, instance: evidence.instance }),
    ...changes,
    diagnostic,
  };
}

export function pastOf({ id, seen_at, created_at, health, readings }: DiagnosticFacts): PastFacts {
  return { id, at: seen_at ?? created_at, score: health?.score ?? null, readings: readings ?? [] };
}
