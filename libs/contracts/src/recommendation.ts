import { z } from 'zod';
import { aiAnswer } from './ai-input.js';
import { defineCommand } from './command.js';
import { idSchema } from './ids.js';
import { pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { dismissedRecommendationExample, recommendationExample } from './recommendation.example.js';
import { ReportLanguage } from './report.js';
import { text } from './text.js';

export const RecommendationCode = z.enum([
  'REPLACE_DISK',
  'CHECK_DISK_CABLE',
  'FREE_DISK_SPACE',
  'REPLACE_BATTERY',
  'CONNECT_CHARGER',
  'CLEAN_COOLING',
  'RELIEVE_MEMORY',
  'REPLACE_MEMORY',
  'RELIEVE_PROCESSOR',
  'MEND_NETWORK',
  'UPGRADE_SYSTEM',
  'SECURE_SYSTEM',
  'INVESTIGATE_CRASHES',
  'RESTART_DEVICE',
  'SET_CLOCK',
  'MEND_SERVICES',
  'RESOLVE_FINDING',
  'INVESTIGATE_ANOMALY',
  'INVESTIGATE_FLEET',
]);
export type RecommendationCode = z.infer<typeof RecommendationCode>;

/** What a recommendation rests on: `ref` is a path of this API that its reader may GET. */
export const RecommendationEvidence = z
  .object({
    source: z.enum(['finding', 'anomaly', 'prediction', 'pattern']),
    ref: z.string().describe('GET it: the finding, the anomaly, or the diagnostic that a prediction rests on last.'),
    metric: z.string(),
    value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
    threshold: z.union([z.number(), z.string(), z.boolean()]).nullable(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'RecommendationEvidence', example: recommendationExample.evidence[0] });
export type RecommendationEvidence = z.infer<typeof RecommendationEvidence>;

export const Recommendation = z
  .object({
    id: z.string().describe('The same for as long as it is about the same part of the same device.'),
    code: RecommendationCode,
    device_id: z.string().nullable().describe('null: about several devices.'),
    subject: z.string().nullable().describe('Which part: a disk serial, a mount, an interface.'),
    title: z.string(),
    action: z.string(),
    priority: z.number().describe('probability × impact ÷ effort.'),
    expected_score_gain: z.number().describe('Points that its findings cost now.'),
    probability: z
      .number()
      .describe(
        'That it harms within a month unless something is done: a model’s, else by severity (an order, no frequency).',
      ),
    impact: z.number().describe('How much harm, in points: what its findings cost, or may come to cost.'),
    effort: z.number().int().min(1).max(5).describe('1: minutes. 2: an hour. 3: half a day, or a part. 5: a project.'),
    workflow_id: z.string().nullable(),
    success_rate: z.number().nullable(),
    evidence: z.array(RecommendationEvidence).min(1),
    expires_at: z.iso.datetime().describe('Ask again after: a diagnostic a day says it anew.'),
  })
  .meta({ id: 'Recommendation', example: recommendationExample });
export type Recommendation = z.infer<typeof Recommendation>;

/** GET /api/v3/ai/recommendations, the most worth doing first. */
export const ListRecommendationsQuery = z.strictObject({
  device_id: z.string().max(64).optional().describe('Of this device; else of all devices of the tenant.'),
  limit: pageQuery.limit.describe('At most so many, 1 to 200.'),
  lang: ReportLanguage.optional().describe('Without it the Accept-Language header decides, else pt-BR.'),
});
export type ListRecommendationsQuery = z.infer<typeof ListRecommendationsQuery>;

export const Recommendations = z.object({ ...aiAnswer, recommendations: z.array(Recommendation) }).meta({
  id: 'Recommendations',
  example: {
    recommendations: [recommendationExample],
    status: 'ok',
    method: 'rules',
    version: '1',
    quality: { n: 2, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 0 },
    warnings: [],
    duration_ms: 7.5,
  },
});
export type Recommendations = z.infer<typeof Recommendations>;

/** POST /api/v3/ai/recommendations/{id}/dismiss: an empty body will do. */
export const DismissRecommendation = z
  .strictObject({ reason: text(1000).optional() })
  .optional()
  .meta({ id: 'DismissRecommendation', example: { reason: dismissedRecommendationExample.reason } });
export type DismissRecommendation = z.infer<typeof DismissRecommendation>;

export const DismissedRecommendation = z
  .object({
    id: z.string(),
    code: RecommendationCode,
    device_id: z.string().nullable(),
    priority: z.number().describe('As it was: once it is a quarter higher, the recommendation is back.'),
    reason: z.string().nullable(),
    dismissed_by: z.string().describe('The user or the API key.'),
    dismissed_at: z.iso.datetime(),
  })
  .meta({ id: 'DismissedRecommendation', example: dismissedRecommendationExample });
export type DismissedRecommendation = z.infer<typeof DismissedRecommendation>;

/** A dismissal: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const Dismissal = z.object({ dismissed: DismissedRecommendation, replayed: z.boolean() });
export type Dismissal = z.infer<typeof Dismissal>;

export const recommendationId = idSchema('rec');

export const listRecommendations = defineCommand({
  service: 'ai',
  pattern: 'ai.recommendations.list',
  request: z.object({ device_id: z.string().optional(), limit: z.number().int(), language: ReportLanguage }),
  response: Recommendations,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const dismissRecommendation = defineCommand({
  service: 'ai',
  pattern: 'ai.recommendations.dismiss',
  request: z.object({ id: z.string(), body: DismissRecommendation }),
  response: Dismissal,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});
