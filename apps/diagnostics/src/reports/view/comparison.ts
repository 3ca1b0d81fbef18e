import type { Finding } from '@techze/contracts';
import { compareDiagnostics } from '../../diagnostics/compare-diagnostics.js';
import { checks, isCheckCode } from '../../scoring/index.js';
import { momentOf, type DiagnosticFacts } from '../report-facts.js';
import { bounded, byWeight, toFindingView } from './finding-view.js';
import type { ChangedView, ComparisonView, FindingView, MomentView } from './report-view.js';

/** Of each kind: enough for any machine that is worth its repair. */
const SHOWN = 15;

const severityRank = { info: 0, warning: 1, critical: 2 } as const;

/**
 * What became of the findings between two diagnostics of one device, in the order of time. A finding that the later one
 * does not show is resolved only where its very part was measured again: what nobody looked at is unknown, not mended.
 */
export function compare(
  one: DiagnosticFacts,
  other: DiagnosticFacts,
  isGone: (finding: Finding) => boolean,
): ComparisonView {
  const [before, after] = momentOf(one) <= momentOf(other) ? [one, other] : [other, one];
  const { score, findings } = compareDiagnostics(before, after);
  const missing = [...findings.resolved, ...findings.unobserved];
  const fateOf = (finding: Finding) =>
    isMeasured(after, finding) ? 'resolved' : isGone(finding) ? 'gone' : 'unmeasured';
  const fated = (fate: ReturnType<typeof fateOf>) => missing.filter((finding) => fateOf(finding) === fate);

  const changes = new Map(findings.changed.map((change) => [change.key, change.from]));
  const opened = new Set(findings.opened.map(({ key }) => key));
  const stayed = (after.findings ?? []).filter(({ key }) => !opened.has(key));
  return {
    before: toMoment(before),
    after: toMoment(after),
    delta: score.delta,
    resolved: bounded(fated('resolved').sort(byWeight), SHOWN, (finding) => ({
      finding: toFindingView(finding),
      now: readingOf(after, finding)?.value ?? null,
    })),
    gone: bounded(fated('gone').sort(byWeight), SHOWN, toFindingView),
    unmeasured: bounded(fated('unmeasured').sort(byWeight), SHOWN, toFindingView),
    opened: bounded([...findings.opened].sort(byWeight), SHOWN, (finding) => ({
      finding: toFindingView(finding),
      measuredBefore: isMeasured(before, finding),
    })),
    changed: bounded(stayed.filter(({ key }) => changes.has(key)).sort(byWeight), SHOWN, (finding) =>
      toChange(toFindingView({ ...finding, ...changes.get(finding.key) }), toFindingView(finding)),
    ),
    unchanged: bounded(stayed.filter(({ key }) => !changes.has(key)).sort(byWeight), SHOWN, toFindingView),
  };
}

/** What the check of a finding read of the finding's own part. */
function readingOf({ readings }: DiagnosticFacts, { code, evidence }: Finding) {
  return readings?.find((reading) => reading.code === code && reading.instance === evidence.instance);
}

/** Diagnostics of earlier releases kept no readings: there the category answers. */
export function isMeasured(diagnostic: DiagnosticFacts, finding: Finding): boolean {
  if (diagnostic.readings) return readingOf(diagnostic, finding) !== undefined;
  const categories = diagnostic.health?.categories ?? [];
  return categories.some(({ name, score }) => name === finding.category && score !== null);
}

function toMoment(diagnostic: DiagnosticFacts): MomentView {
  const { id, health } = diagnostic;
  return { id, at: momentOf(diagnostic), score: health?.score ?? null, band: health?.band ?? 'unknown' };
}

function toChange(before: FindingView, after: FindingView): ChangedView {
  return { before, after, direction: directionOf(before, after) };
}

function directionOf(before: FindingView, after: FindingView): ChangedView['direction'] {
  const steps = severityRank[after.severity] - severityRank[before.severity];
  if (steps !== 0) return steps > 0 ? 'worse' : 'better';
  const rule = isCheckCode(after.code) ? checks[after.code].rule : undefined;
  const [from, to] = [before.evidence.value, after.evidence.value];
  if (!rule || rule.kind === 'states' || typeof from !== 'number' || typeof to !== 'number') return 'other';
  return to > from === (rule.worse === 'above') ? 'worse' : 'better';
}
