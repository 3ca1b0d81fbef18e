import type { Evidence, Finding } from '@techze/contracts';
import { trendOfFinding } from './finding-trend.js';
import { printable } from './printable.js';
import type { Bounded, FindingView } from './report-view.js';

const INSTANCE_MAX_CHARS = 80;
const VALUE_MAX_CHARS = 120;
const DETAIL_MAX_CHARS = 200;
const TITLE_MAX_CHARS = 300;
const SOURCE_MAX_CHARS = 200;

const severityOrder = { critical: 0, warning: 1, info: 2 } as const;

/** A finding with nothing in it that a machine could do harm by. */
export function toFindingView(finding: Finding): FindingView {
  const { key, code, severity, title, evidence, points, state, first_seen, occurrences, trend } = finding;
  return {
    key,
    code: printable(code, INSTANCE_MAX_CHARS),
    severity,
    title: printable(title, TITLE_MAX_CHARS),
    evidence: cleanEvidence(evidence),
    points,
    state,
    first_seen,
    occurrences,
    trend: trendOfFinding(trend),
  };
}

export function cleanEvidence({ metric, instance, value, unit, threshold, source, detail }: Evidence): Evidence {
  const short = (text: string) => printable(text, VALUE_MAX_CHARS);
  return {
    metric: short(metric),
    ...(instance !== undefined && { instance: printable(instance, INSTANCE_MAX_CHARS) }),
    value: typeof value === 'string' ? short(value) : value,
    unit: short(unit),
    threshold: typeof threshold === 'string' ? short(threshold) : threshold,
    source: printable(source, SOURCE_MAX_CHARS),
    ...(detail !== undefined && { detail: printable(detail, DETAIL_MAX_CHARS) }),
  };
}

/** Worst first; equals by their keys, so that the same diagnostic gives the same report. */
export function byWeight(a: Finding, b: Finding): number {
  return (
    severityOrder[a.severity] - severityOrder[b.severity] ||
    b.points - a.points ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  );
}

/** The first of them, and how many there are beside. */
export function bounded<Row, View>(rows: readonly Row[], most: number, toView: (row: Row) => View): Bounded<View> {
  return { shown: rows.slice(0, most).map(toView), more: Math.max(0, rows.length - most) };
}
