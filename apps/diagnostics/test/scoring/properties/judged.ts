import fc from 'fast-check';
import {
  scoreDiagnostic,
  scoreEvidence,
  type Evidence,
  type Scoring,
  type ScoringPolicy,
} from '../../../src/scoring/index.js';
import { PROPERTY_RUNS } from '../runs.js';
import type { Sections } from './machine.arbitrary.js';

const NOW = new Date('2026-11-22T00:00:00Z');

export const judgeSections = (sections: Sections): Scoring => scoreDiagnostic(sections, NOW);
export const judge = (evidence: Evidence, policy?: ScoringPolicy): Scoring => scoreEvidence(evidence, policy);

/** Nothing observed counts as nothing lost: what appears for the first time may only lower it. */
export const scoreOf = ({ score }: Scoring): number => score ?? 100;

export const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Holds in every one of `PROPERTY_RUNS` cases. */
export function always<T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...values: T) => boolean,
): void {
  fc.assert(fc.property(...(arbitraries as unknown as [fc.Arbitrary<T[0]>]), holds as never), {
    numRuns: PROPERTY_RUNS,
  });
}

/** The same, member for member. */
export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
