import type { Deduction, Finding, Health } from '@techze/contracts';
import { momentOf, type DiagnosticFacts, type MachineFacts, type ReportFacts } from '../report-facts.js';
import { compare } from './comparison.js';
import { bounded, byWeight, cleanEvidence, toFindingView } from './finding-view.js';
import { printable, printableLines } from './printable.js';
import type { DeductionsView, MachineView, ReportView } from './report-view.js';
import { trendsOf } from './trends.js';
import { unseenOf, whyOf } from './unseen.js';

/** A page or two of findings are read; a thousand are not. */
const FINDINGS_SHOWN = 30;
const DEDUCTIONS_SHOWN = 30;
const MOUNTS_SHOWN = 8;
const NAME_MAX_CHARS = 120;
const NOTES_MAX_CHARS = 4000;
const NOTES_MAX_LINES = 60;

/** Everything that the report says, from everything that is known. Pure; cleans whatever a machine or a person typed. */
export function buildView(facts: ReportFacts): ReportView {
  const { diagnostic, machine, sections, past, against } = facts;
  const { health } = diagnostic;
  const findings = diagnostic.findings ?? [];
  return {
    id: diagnostic.id,
    type: diagnostic.type,
    status: diagnostic.status,
    machine: machineView(machine),
    notes:
      diagnostic.notes === null ? null : printableLines(diagnostic.notes, NOTES_MAX_CHARS, NOTES_MAX_LINES) || null,
    timeZone: knownTimeZone(machine.timezone),
    at: momentOf(diagnostic),
    collectedAt: diagnostic.collected_at,
    receivedAt: diagnostic.received_at,
    scoringVersion: diagnostic.scoring_version,
    agentVersion: diagnostic.agent ? printable(diagnostic.agent.version, NAME_MAX_CHARS) : null,
    verdict: {
      score: health?.score ?? null,
      band: health?.band ?? 'unknown',
      coverage: health?.coverage ?? 0,
      critical: findings.filter(({ severity }) => severity === 'critical').length,
      warnings: findings.filter(({ severity }) => severity === 'warning').length,
    },
    unseen: unseenOf(health, sections),
    categories: (health?.categories ?? []).map(({ name, score, weight, reason }) => ({
      name,
      score,
      weight,
      why: score === null ? whyOf(reason ?? '').why : null,
    })),
    findings: bounded([...findings].sort(byWeight), FINDINGS_SHOWN, toFindingView),
    deductions: deductionsView(health),
    history: past.flatMap(({ at, score }) => (score === null ? [] : [{ at, score }])),
    mounts: mountsOf(diagnostic, findings),
    trends: trendsOf(past),
    comparison: against && compare(diagnostic, against, facts.isGone),
  };
}

function machineView({ name, hostname, manufacturer, model, serial, os, customer, site }: MachineFacts): MachineView {
  const text = (value: string | null) => (value === null ? null : printable(value, NAME_MAX_CHARS) || null);
  return {
    name: text(name) ?? text(hostname),
    model: text([manufacturer, model].filter(Boolean).join(' ')),
    serial: text(serial),
    os: text(os),
    customer: text(customer),
    site: text(site),
  };
}

/** A zone that nobody knows is none. */
function knownTimeZone(name: string | null): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** Heaviest first as scored; a cap, which stands last, is always told. In whole hundredths, so that the sum stays exact. */
function deductionsView(health: Health | null): DeductionsView {
  const all = health?.deductions ?? [];
  const isCap = ({ code }: Deduction) => code.startsWith('CAP_');
  const caps = all.filter(isCap);
  const plain = all.filter((deduction) => !isCap(deduction));
  const rest = plain.slice(DEDUCTIONS_SHOWN);
  return {
    shown: [...plain.slice(0, DEDUCTIONS_SHOWN), ...caps].map(({ code, evidence, points }) => ({
      code: printable(code, NAME_MAX_CHARS),
      evidence: cleanEvidence(evidence),
      points,
    })),
    rest: rest.length > 0 ? { count: rest.length, points: sumOf(rest) } : null,
    total: sumOf(all),
  };
}

function sumOf(deductions: readonly Deduction[]): number {
  return deductions.reduce((sum, { points }) => sum + Math.round(points * 100), 0) / 100;
}

function mountsOf({ readings }: DiagnosticFacts, findings: readonly Finding[]): ReportView['mounts'] {
  const severities = new Map(findings.map(({ key, severity }) => [key, severity]));
  const mounts = (readings ?? [])
    .flatMap(({ code, instance = '', value }) =>
      code === 'FS_USED' && typeof value === 'number'
        ? [
            {
              mount: printable(instance, NAME_MAX_CHARS),
              usedPercent: value,
              severity: severities.get(`FS_USED:${instance}`) ?? null,
            },
          ]
        : [],
    )
    .sort((a, b) => b.usedPercent - a.usedPercent || (a.mount < b.mount ? -1 : 1));
  return { shown: mounts.slice(0, MOUNTS_SHOWN), more: Math.max(0, mounts.length - MOUNTS_SHOWN) };
}
