import type { Recommendations } from '@techze/contracts';
import type { Quality } from '../models/series/index.js';
import { AI_VERSION } from '../workers/version.js';
import type { Facts } from './facts.js';
import { everyRecommendation, recommend } from './recommend.js';

/** What the service hands to a worker; `only`: the one of this id alone, also where it was dismissed. */
export type RecommendationsRequest = Facts & { readonly only: string | null };

/** The answer of GET /api/v3/ai/recommendations, but for how long it took. */
export function recommendationsOf(body: unknown): Omit<Recommendations, 'duration_ms'> {
  // Only our own service writes it.
  const facts = body as RecommendationsRequest;
  const { findings, anomalies, series } = facts;
  const quality: Quality = {
    n: findings.length + anomalies.length + series.length,
    ...{ gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 0 },
  };
  const told = { method: 'rules', version: AI_VERSION, quality, warnings: [] };
  if (facts.diagnostics === 0)
    return { ...told, status: 'insufficient_data', required: 1, got: 0, recommendations: [] };
  const recommendations =
    facts.only === null
      ? recommend(facts).slice(0, facts.limit)
      : everyRecommendation(facts).filter(({ id }) => id === facts.only);
  return { ...told, status: 'ok', recommendations };
}
