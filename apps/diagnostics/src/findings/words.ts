import { isCheckCode, isGone, type Observation, type Scoring, type ScoringPolicy } from '../scoring/index.js';
import type { FindingRow } from './finding.entity.js';
import type { Word } from './life/index.js';

/** What one diagnostic observed, by the key of the finding that it is about. */
export type Observations = ReadonlyMap<string, Observation>;

export function observationsOf({ observations }: Scoring): Observations {
  return new Map(observations.map((observation) => [observation.key, observation]));
}

export function wordOf({ severity, hold, evidence }: Pick<Observation, 'severity' | 'hold' | 'evidence'>): Word {
  const { value } = evidence;
  if (severity !== null) return { kind: 'entered', severity, hold: hold ?? severity, value };
  return hold !== null ? { kind: 'held', hold, value } : { kind: 'cleared', reason: 'cleared' };
}

/** What it says of a finding that it did not observe; undefined: nothing, and nothing changes. */
export function wordOnUnobserved(finding: FindingRow, scoring: Scoring, policy: ScoringPolicy): Word | undefined {
  const { code } = finding;
  if (isCheckCode(code) && policy.get(code)?.enabled === false) return { kind: 'cleared', reason: 'check_off' };
  if (isGone(scoring, finding)) return { kind: 'cleared', reason: 'gone' };
  // One of very many parts: where the mildest that was looked at is clear, so is what is milder still.
  const mildest = scoring.milder.has(finding.key)
    ? scoring.observations.findLast((observation) => observation.code === code)
    : undefined;
  return mildest?.hold === null ? { kind: 'cleared', reason: 'cleared' } : undefined;
}
