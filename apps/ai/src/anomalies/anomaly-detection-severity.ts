import type { AnomalySeverity } from '../models/segments/index.js';

/** What the detectors of drift and standing still call certain enough to be said. */
const SAID_FROM = 0.5;

/** By how much of the way from there to certainty a score went: thirds. */
export function severityOf(score: number): AnomalySeverity {
  const way = (score - SAID_FROM) / (1 - SAID_FROM);
  if (way < 1 / 3) return 'info';
  return way < 2 / 3 ? 'warning' : 'critical';
}
