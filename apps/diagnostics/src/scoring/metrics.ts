import { checks } from './checks/checks.js';
import type { Measurement } from './readings/reading.js';
import type { Scoring } from './scoring.js';

/** The measurements of a diagnostic under the names of analytics.md; `_ratio` is in per cent, like the evidence. */
export function metricsOf(scoring: Pick<Scoring, 'score' | 'readings' | 'measurements'>): Measurement[] {
  const worst = new Map<string, Measurement>();
  for (const { code, value, instance } of scoring.readings) {
    const { measured, metric, rule } = checks[code];
    if (!measured || rule.kind === 'states' || typeof value !== 'number') continue;
    const key = `${metric}:${instance ?? ''}`;
    const known = worst.get(key)?.value;
    // Two sections, or two disks of one serial, may tell of the same: the worse counts, as in the score.
    if (known !== undefined && (rule.worse === 'above' ? known >= value : known <= value)) continue;
    worst.set(key, { metric, ...(instance !== undefined && { instance }), value });
  }
  const score = scoring.score === null ? [] : [{ metric: 'health.score', value: scoring.score }];
  return [...score, ...worst.values(), ...scoring.measurements];
}
