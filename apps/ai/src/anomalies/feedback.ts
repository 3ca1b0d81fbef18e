import type { AnomalyVerdict } from '@techze/contracts';
import type { DetectedRow, Detector } from './strange-row.js';

/** What people said of one anomaly of a series. */
export interface Judgement {
  readonly detector: Detector;
  readonly side: number;
  readonly size: number;
  readonly verdict: AnomalyVerdict;
  readonly at: number;
}

/** A refutation counts half after so long: what was normal in spring need not be in winter. */
const HALF_LIFE_MS = 30 * 24 * 60 * 60 * 1_000;
/** Three half-lives: it is forgotten. Anomalies are kept as long. */
const FORGOTTEN = 1 / 8;
/** Beyond so many times the largest refuted one, nothing that people said counts. */
const MUCH_LARGER = 2;
/** A refutation halves what is left between threshold and certainty, and so do the second and the third; no more do. */
const MOST_STEPS = 3;

/**
 * The refutations that still count of those judgements: a confirmation takes back the newest one before it that is of the
 * same detector and side.
 */
export function refutationsInForce(judgements: readonly Judgement[], nowMs: number): Judgement[] {
  const standing: Judgement[] = [];
  for (const judgement of judgements.toSorted((a, b) => a.at - b.at)) {
    if (judgement.verdict === 'false_positive') {
      if (weightOf(judgement, nowMs) >= FORGOTTEN) standing.push(judgement);
      continue;
    }
    const taken = standing.findLastIndex((each) => isOfSame(each, judgement));
    if (taken >= 0) standing.splice(taken, 1);
  }
  return standing;
}

/**
 * The score from which a row is an anomaly, given what people called false in its series. What lies no farther out than a
 * refuted one is normal there. Up to twice as far the threshold is raised by a step for each, which fade. Farther out
 * nothing changes: no feedback ever hides what is much larger.
 * @param refutations of that series, in force
 */
export function thresholdFor(
  { detector, side, size, at }: Pick<DetectedRow, 'detector' | 'side' | 'size' | 'at'>,
  threshold: number,
  refutations: readonly Judgement[],
): number {
  const alike = refutations.filter((each) => isOfSame(each, { detector, side }));
  const largest = alike.reduce((most, each) => Math.max(most, each.size), 0);
  if (alike.length === 0 || size > MUCH_LARGER * largest) return threshold;
  if (size <= largest) return Infinity;
  const steps = alike.reduce((sum, each) => sum + weightOf(each, at), 0);
  return 1 - (1 - threshold) * 0.5 ** Math.min(steps, MOST_STEPS);
}

function isOfSame(a: Pick<Judgement, 'detector' | 'side'>, b: Pick<Judgement, 'detector' | 'side'>): boolean {
  return a.detector === b.detector && a.side === b.side;
}

function weightOf({ at }: Judgement, nowMs: number): number {
  return 0.5 ** (Math.max(0, nowMs - at) / HALF_LIFE_MS);
}
