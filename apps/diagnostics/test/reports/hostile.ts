import type { Finding } from '@techze/contracts';
import type { ReportFacts } from '../../src/reports/report-facts.js';
import { trendCodes } from '../../src/reports/view/trend-codes.js';
import { machines } from '../scoring/corpus/machines.js';
import { diagnosed, factsOf, pastOf } from './facts.js';

const DAY_MS = 86_400_000;

/** A report in which everything that a machine or a person can write is that text: also two diagnostics, charts, notes. */
export function hostileFacts(text: string): ReportFacts {
  const before = diagnosed(machines.smartFailing, { number: 1, at: new Date('2026-11-20T08:00:00Z') });
  const after = diagnosed(machines.onePendingSector, { number: 2 });
  const hostile = (diagnostic: ReturnType<typeof diagnosed>) => ({
    ...diagnostic,
    notes: text,
    agent: { version: text },
    findings: (diagnostic.findings ?? []).map((finding) => named(finding, text)),
    health: diagnostic.health && {
      ...diagnostic.health,
      categories: diagnostic.health.categories.map((category) =>
        category.score === null ? { ...category, reason: text } : category,
      ),
      deductions: diagnostic.health.deductions.map((deduction) => ({
        ...deduction,
        evidence: { ...deduction.evidence, instance: text, source: text, detail: text },
      })),
    },
    readings: [
      ...(diagnostic.readings ?? []).map((reading) => ({ ...reading, instance: text })),
      ...trendCodes.map((code, index) => ({ code, instance: text, value: index + Number(diagnostic === after) })),
    ],
  });
  const [one, two] = [hostile(before), hostile(after)];
  const past = [one, two, { ...two, id: 'later', seen_at: new Date(Date.parse('2026-11-22T08:00:00Z') + DAY_MS) }];
  return {
    ...factsOf(machines.onePendingSector, { diagnostic: two, against: one }),
    machine: {
      name: text,
      hostname: text,
      serial: text,
      manufacturer: text,
      model: text,
      os: text,
      customer: text,
      site: text,
      timezone: text,
    },
    sections: [{ name: text, status: 'denied' }],
    past: past.map(pastOf),
  };
}

/** Besides a check that we know one of another release, whose stored title is all there is. */
function named(finding: Finding, text: string): Finding {
  const evidence = { ...finding.evidence, instance: text, source: text, detail: text };
  return finding.code === 'SMART_197'
    ? { ...finding, evidence, trend: text }
    : {
        ...finding,
        code: `OLD_${finding.code}`,
        title: text,
        trend: text,
        evidence: { ...evidence, value: text, threshold: text, unit: text },
      };
}
