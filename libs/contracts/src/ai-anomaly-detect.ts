import { z } from 'zod';
import { detectAnomaliesExample, detectedAnomaliesExample } from './ai.example.js';
import { aiAnswer, aiStrict, aiTimestamps, aiValues, InlineSeries, storedSeries } from './ai-input.js';
import { defineCommand } from './command.js';
import { Severity } from './health.js';
import { Freight } from './freight.js';
import { rolesFrom } from './principal.js';

/** How much is said: low says little and is rarely wrong. */
export const AiSensitivity = z.enum(['low', 'standard', 'high']);
export type AiSensitivity = z.infer<typeof AiSensitivity>;

/** POST /api/v3/ai/anomaly-detect: `series`, `multivariate` or `device_id` with `metric`. */
export const DetectAnomalies = z
  .strictObject({
    series: InlineSeries.optional(),
    multivariate: z
      .strictObject({
        timestamps: aiTimestamps,
        columns: z
          .record(z.string().min(1).max(128), aiValues)
          .refine((columns) => Object.keys(columns).length > 0, 'needs a column')
          .refine((columns) => Object.keys(columns).length <= 100, 'has more than 100 columns')
          .describe('Metrics over the same moments, at most 100.'),
      })
      .optional(),
    ...storedSeries,
    sensitivity: AiSensitivity.default('standard'),
    seasonality: z
      .union([z.literal('auto'), z.number().int().min(2).max(20_160)])
      .default('auto')
      .describe('Rows of one season; auto looks for a day.'),
    state: z
      .string()
      .max(4 * 1024 * 1024)
      .optional()
      .describe(
        'The `state` of the answer before: goes on where that left off. Rows that are not newer than its last one are dropped.',
      ),
    include_scores: z.boolean().default(false).describe('Answer a score for each row.'),
    strict: aiStrict,
  })
  .meta({ id: 'DetectAnomalies', example: detectAnomaliesExample });
export type DetectAnomalies = z.infer<typeof DetectAnomalies>;

export const DetectedAnomaly = z
  .object({
    start: z.iso.datetime(),
    end: z.iso.datetime(),
    peak_at: z.iso.datetime(),
    score: z.number(),
    severity: Severity,
    kind: z
      .enum(['spike', 'level_shift', 'novel_value', 'pattern', 'flatline', 'drift'])
      .describe('flatline: it used to move and stands still. drift: it creeps away from its own past, over days.'),
    expected: z
      .object({ low: z.number(), high: z.number() })
      .nullable()
      .describe('null where many metrics are judged together.'),
    contributors: z.array(z.object({ metric: z.string(), share: z.number() })).describe('The greatest first.'),
  })
  .meta({ id: 'DetectedAnomaly', example: detectedAnomaliesExample.anomalies[0] });
export type DetectedAnomaly = z.infer<typeof DetectedAnomaly>;

export const DetectedAnomalies = z
  .object({
    ...aiAnswer,
    anomalies: z.array(DetectedAnomaly),
    scores: z
      .array(z.number().nullable())
      .optional()
      .describe(
        'In [0, 1], one a row in the order of the input, each from itself and the rows before it in time, and of several rows of one moment all that of the last; null where the value is missing, or the row was dropped.',
      ),
    threshold: z.number().describe('The score from which a row is an anomaly, at this sensitivity.'),
    state: z
      .string()
      .nullable()
      .describe('Base64; bound to this tenant and this kind of series by a signature. null with insufficient_data.'),
  })
  .meta({ id: 'DetectedAnomalies', example: detectedAnomaliesExample });
export type DetectedAnomalies = z.infer<typeof DetectedAnomalies>;

export const detectAnomalies = defineCommand({
  service: 'ai',
  pattern: 'ai.anomaly-detect',
  request: Freight,
  response: Freight,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
