import { newId } from '@techze/contracts';
import { titlesOf, type Observation, type ScoredFinding, type Scoring, type ScoringPolicy } from '../scoring/index.js';
import { steppedRow, type FindingChange } from './finding-change.js';
import type { FindingRow } from './finding.entity.js';
import { count, see, unborn, withSample, type Around, type Word } from './life/index.js';
import { observationsOf, wordOf, wordOnUnobserved } from './words.js';

/** A diagnostic as the findings of its device see it. */
export interface DiagnosticSight {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly siteId: string | null;
  readonly tags: readonly string[];
  /** The newest diagnostic that the device had before this one. */
  readonly newestSeenAt: Date | null;
  readonly diagnosticId: string;
  readonly seenAt: Date;
  readonly receivedAt: Date;
  readonly scoring: Scoring;
  /** By which it was scored. */
  readonly policy: ScoringPolicy;
  readonly failsBeforeAlert: (code: string) => number;
}

/** What a sight is judged by beside what it shows. */
export interface Surroundings {
  /** Maintenance windows that cover the device at that time. */
  readonly windows: readonly string[];
  /** Checks of which newer diagnostics have spoken. */
  readonly judgedSince: ReadonlySet<string>;
}

/** What a diagnostic makes of the findings that it shows and of those that are not settled. Pure. */
export function advance(
  known: readonly FindingRow[],
  sight: DiagnosticSight,
  surroundings: Surroundings,
): FindingChange[] {
  const observations = observationsOf(sight.scoring);
  const shown = new Map(sight.scoring.findings.map((finding) => [finding.key, finding]));
  const knownKeys = new Set(known.map(({ key }) => key));
  const fresh = [...shown.values()].filter(({ key }) => !knownKeys.has(key)).map((found) => unbornRow(found, sight));
  return [...known, ...fresh].flatMap((row) => {
    const observation = observations.get(row.key);
    const word = observation ? wordOf(observation) : wordOnUnobserved(row, sight.scoring, sight.policy);
    return word ? changeOf(row, word, { observation, finding: shown.get(row.key) }, sight, surroundings) : [];
  });
}

interface Shown {
  readonly observation: Observation | undefined;
  readonly finding: ScoredFinding | undefined;
}

function changeOf(
  row: FindingRow,
  word: Word,
  { observation, finding }: Shown,
  sight: DiagnosticSight,
  { windows, judgedSince }: Surroundings,
): FindingChange[] {
  const { seenAt, receivedAt, siteId, diagnosticId } = sight;
  const late = judgedSince.has(row.code);
  if (late && word.kind !== 'entered') return [];
  const around: Around = { at: seenAt, now: receivedAt, windows, failsBeforeAlert: sight.failsBeforeAlert(row.code) };
  const step = late ? count(row, seenAt, sight.newestSeenAt ?? seenAt) : see(row, word, around);
  const lives = step.life.state !== 'resolved' && step.life.state !== 'false_positive';
  const shows = word.kind === 'entered' || (word.kind === 'held' && lives);
  if (step.life === row && !shows) return [];
  const after = steppedRow(row, step, receivedAt);
  const latest =
    shows && !late && observation ? { ...after, ...evidenceOf(after, observation, finding, sight) } : after;
  return [{ row: latest, step, siteId, diagnosticId, occurredAt: seenAt }];
}

/** What the row says of the fault itself, by the newest diagnostic. */
function evidenceOf(
  row: FindingRow,
  { category, code, instance, evidence }: Observation,
  finding: ScoredFinding | undefined,
  { scoring, seenAt, diagnosticId }: DiagnosticSight,
): Partial<FindingRow> {
  // A value that is merely held is no finding of this diagnostic, though it may have cost it points.
  const held = () => scoring.deductions.find((each) => each.code === code && each.evidence.instance === instance);
  return {
    category,
    evidence,
    title: finding?.title ?? titlesOf({ code, evidence }).en,
    points: finding?.points ?? held()?.points ?? 0,
    samples: withSample(row.samples, { at: seenAt.toISOString(), value: evidence.value }),
    ...(finding && { last_diagnostic_id: diagnosticId }),
  };
}

function unbornRow(finding: ScoredFinding, { tenantId, deviceId, diagnosticId, seenAt, receivedAt }: DiagnosticSight) {
  const { key, category, code, severity, title, evidence, points } = finding;
  return {
    ...unborn(code, severity, seenAt),
    tenant_id: tenantId,
    id: newId('fnd'),
    device_id: deviceId,
    key,
    instance: evidence.instance ?? null,
    category,
    title,
    evidence,
    points,
    samples: [],
    acknowledged_until: null,
    last_diagnostic_id: diagnosticId,
    version: 1,
    created_at: receivedAt,
    updated_at: receivedAt,
  } satisfies FindingRow;
}
