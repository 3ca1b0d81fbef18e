import type { Band, Deduction, Finding, Health, StoredSection } from '@techze/contracts';
import { hang, painter, printable, type Style, type TerminalLook, wrap } from '../terminal/style.js';
import type { JudgedDiagnostic } from '../upload/diagnostics-api.js';
import { describeEvidence, formatNumber } from './evidence-text.js';

export interface VerdictFacts {
  /** Where the diagnostic can be read. */
  url: string;
  /** The machine's name, which the stored diagnostic does not repeat. */
  hostname?: string;
  /** As collected: the stored diagnostic need not carry its sections. */
  sections?: Record<string, StoredSection>;
}

const bandStyles: Record<Band, Style> = {
  healthy: 'green',
  attention: 'yellow',
  poor: 'red',
  critical: 'red',
  unknown: 'cyan',
};
const severityStyles: Record<Finding['severity'], Style> = { info: 'cyan', warning: 'yellow', critical: 'red' };

const INDENT = '  ';
const BODY = ' '.repeat(10);
/** What stands beside the gauge. */
const SCORE_WIDTH = 34;
const MAX_GAUGE_CELLS = 30;

/** The verdict as text for a person, ending in a line break. Depends on nothing but its arguments. */
export function renderVerdict(diagnostic: JudgedDiagnostic, facts: VerdictFacts, look: TerminalLook): string {
  const paint = painter(look.colour);
  const titled = (title: string, lines: string[]) => (lines.length > 0 ? ['', paint('bold', title), ...lines] : []);
  const { health } = diagnostic;
  const lines = [
    '',
    paint('bold', titleOf(diagnostic, facts.hostname)),
    '',
    ...(health === null
      ? [`${INDENT}No score yet: the diagnostic is ${diagnostic.status}.`]
      : scoreLines(health, look)),
    ...(health === null ? [] : titled(costTitle(health), costLines(health, diagnostic.findings ?? [], look))),
    ...titled('Could not be read', unreadLines(facts.sections ?? diagnostic.sections ?? {}, look)),
    '',
    `Diagnostic ${printable(diagnostic.id)}`,
    paint('dim', printable(facts.url)),
  ];
  return `${lines.join('\n')}\n`;
}

function titleOf({ type, collected_at: collectedAt }: JudgedDiagnostic, hostname = 'this machine'): string {
  const time = collectedAt === null ? '' : `, ${collectedAt.slice(0, 16).replace('T', ' ')} UTC`;
  return `${type === 'full' ? 'Diagnostic' : `Diagnostic (${type})`} of ${printable(hostname)}${time}`;
}

function scoreLines({ score, band, coverage, categories }: Health, look: TerminalLook): string[] {
  const paint = painter(look.colour);
  const seen = `${Math.round(coverage * 100)} % of what a full diagnostic weighs could be observed`;
  const blind = categories.filter((category) => category.score === null);
  const reasons = blind.map(({ name, reason }) => `${name}${reason ? ` (${printable(reason)})` : ''}`);
  return [
    `${INDENT}${gauge(score, band, look)}Score ${paint('bold', score === null ? 'unknown' : `${formatNumber(score)} of 100`)}: ${paint(bandStyles[band], band)}`,
    ...hang(`${INDENT}Coverage: `, `${seen}.`, look.width),
    ...(reasons.length > 0 ? hang(`${INDENT}Not scored: `, `${reasons.join(', ')}.`, look.width) : []),
  ];
}

function gauge(score: number | null, band: Band, { width, drawing, colour }: TerminalLook): string {
  if (!drawing || score === null) return '';
  const cells = Math.min(MAX_GAUGE_CELLS, width - SCORE_WIDTH);
  const filled = Math.round((score / 100) * cells);
  return `${painter(colour)(bandStyles[band], '█'.repeat(filled))}${'░'.repeat(cells - filled)}  `;
}

function costTitle({ deductions, score }: Health): string {
  if (deductions.length === 0) return 'Nothing costs points';
  return score === null ? 'What costs points' : `What costs the ${formatNumber(100 - score)} points`;
}

function costLines({ deductions, score }: Health, findings: readonly Finding[], look: TerminalLook): string[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const dearestFirst = [...deductions].sort((a, b) => b.points - a.points);
  const blocks = dearestFirst.map((deduction) => deductionLines(deduction, byId.get(deduction.finding_id ?? ''), look));
  if (blocks.length === 0) {
    return [`${INDENT}${score === null ? 'Nothing could be judged.' : 'What could be observed is in order.'}`];
  }
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function deductionLines(deduction: Deduction, finding: Finding | undefined, look: TerminalLook): string[] {
  const paint = painter(look.colour);
  const points = `-${formatNumber(deduction.points)}`.padStart(BODY.length - INDENT.length - 1);
  const severity = finding ? paint(severityStyles[finding.severity], finding.severity) : paint('dim', 'below warning');
  const title = finding ? wrap(printable(finding.title), look.width - BODY.length).map((line) => BODY + line) : [];
  return [
    `${INDENT}${paint('bold', points)} ${paint('bold', printable(deduction.code))}  ${severity}`,
    ...title,
    ...wrap(printable(describeEvidence(deduction.evidence)), look.width - BODY.length).map((line) => BODY + line),
    ...hang(`${BODY}Fix: `, printable(deduction.fix), look.width),
  ];
}

/** Sections that are missing, whole or in part, and what else their reading noted; last what is just not there. */
function unreadLines(sections: Record<string, StoredSection>, look: TerminalLook): string[] {
  const noted = Object.entries(sections)
    .filter(([, section]) => section.status !== 'ok' || section.error || section.note)
    .sort(([, a], [, b]) => Number(a.status === 'unavailable') - Number(b.status === 'unavailable'));
  const width = Math.max(0, ...noted.map(([name]) => name.length));
  return noted.flatMap(([name, { status, error, note }]) => {
    const reason = [error, note].filter(Boolean).join('; ');
    const text = status === 'ok' ? `in part: ${reason}` : reason ? `${status}: ${reason}` : status;
    return hang(`${INDENT}${name.padEnd(width)}  `, printable(text), look.width);
  });
}
