import { Category, type DiagnosticDiff, type Finding, type Health } from '@techze/contracts';
import type { StoredReading } from '../scoring/index.js';
import { roundedDelta } from './rounded-delta.js';

/** What of a diagnostic is compared. */
export interface Comparable {
  readonly health: Health | null;
  readonly findings: readonly Finding[] | null;
  /** What was judged; a diagnostic of the release before this one does not say. */
  readonly readings?: readonly StoredReading[] | null;
}

type Change = DiagnosticDiff['score'];

/** What became of a machine from one diagnostic to another of it. */
export function compareDiagnostics(from: Comparable, to: Comparable): DiagnosticDiff {
  const before = byKey(from);
  const after = byKey(to);
  const gone = [...before.values()].filter(({ key }) => !after.has(key));
  const lookedFor = looksFor(to);
  return {
    score: change(from.health?.score, to.health?.score),
    coverage: change(from.health?.coverage, to.health?.coverage),
    categories: Category.options.map((name) => ({
      name,
      ...change(scoreOf(from.health, name), scoreOf(to.health, name)),
    })),
    findings: {
      opened: [...after.values()].filter(({ key }) => !before.has(key)),
      resolved: gone.filter(lookedFor),
      changed: [...after.values()].flatMap((finding) => {
        const earlier = before.get(finding.key);
        return earlier && differs(earlier, finding) ? [changeOf(earlier, finding)] : [];
      }),
      unobserved: gone.filter((finding) => !lookedFor(finding)),
    },
  };
}

function byKey({ findings }: Comparable): Map<string, Finding> {
  return new Map((findings ?? []).map((finding) => [finding.key, finding]));
}

/**
 * Whether a diagnostic says anything of what a finding is about. One reading of its check is enough: what is then missing
 * is a part that is there no more.
 */
function looksFor({ readings, health }: Comparable): (finding: Finding) => boolean {
  if (!readings) return ({ category }) => scoreOf(health, category) !== null;
  const codes = new Set<string>(readings.map(({ code }) => code));
  return ({ code }) => codes.has(code);
}

function scoreOf(health: Health | null, category: Category): number | null {
  return health?.categories.find(({ name }) => name === category)?.score ?? null;
}

function differs(a: Finding, b: Finding): boolean {
  return a.severity !== b.severity || a.evidence.value !== b.evidence.value;
}

function changeOf(
  from: Finding,
  { id, key, category, code, title, ...to }: Finding,
): DiagnosticDiff['findings']['changed'][number] {
  return { id, key, category, code, title, from: sightOf(from), to: sightOf(to) };
}

function sightOf({ severity, evidence, points }: Pick<Finding, 'severity' | 'evidence' | 'points'>) {
  return { severity, evidence, points };
}

function change(from: number | null = null, to: number | null = null): Change {
  return { from, to, delta: roundedDelta(from, to) };
}
