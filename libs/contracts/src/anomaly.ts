import { z } from 'zod';
import { AiSensitivity } from './ai-anomaly-detect.js';
import { aiAnswer } from './ai-input.js';
import { anomalyPreviewExample, deviceAnomalyExample } from './anomaly.example.js';
import { defineCommand } from './command.js';
import { defineEvent } from './event.js';
import { Severity } from './health.js';
import { idSchema } from './ids.js';
import { metricName } from './measurement.js';
import { moment } from './moment.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text } from './text.js';
import { ifMatch, version } from './version.js';

export const AnomalyKind = z
  .enum(['spike', 'level_shift', 'novel_value', 'pattern', 'flatline', 'missing', 'drift', 'cohort_outlier'])
  .describe(
    'flatline: it used to move and stands still. missing: the device tells of others and no more of it. drift: it creeps away from its own past. cohort_outlier: it is unlike devices of the same model and system.',
  );
export type AnomalyKind = z.infer<typeof AnomalyKind>;

export const AnomalyState = z
  .enum(['open', 'closed'])
  .describe('open: strange samples to come belong to it. closed: twelve samples were not strange, or people said so.');
export type AnomalyState = z.infer<typeof AnomalyState>;

export const AnomalyVerdict = z.enum(['confirmed', 'false_positive']);
export type AnomalyVerdict = z.infer<typeof AnomalyVerdict>;

const Expected = z
  .object({ low: z.number(), high: z.number() })
  .nullable()
  .describe('The range that was expected of the peak, from before it was seen; null where nothing was measured.');

/** Samples of one series that are strange together. */
export const DeviceAnomaly = z
  .object({
    id: z.string(),
    device_id: z.string(),
    diagnostic_id: z.string().describe('The diagnostic that showed the peak.'),
    metric: z.string(),
    instance: z.string().nullable().describe('Which one of many: a mount, a disk serial, an interface.'),
    reading: z
      .enum(['value', 'increase'])
      .describe('What `value` and `expected` are of: the sample, or by how much a counter grew since the one before.'),
    kind: AnomalyKind,
    severity: Severity,
    state: AnomalyState,
    score: z.number().describe('0 to 1; of the peak.'),
    threshold: z.number().describe('The score from which it was an anomaly.'),
    value: z.number().nullable().describe('At the peak; null where it is missing.'),
    expected: Expected,
    contributors: z
      .array(z.object({ metric: z.string(), share: z.number() }))
      .describe('What was strange in the diagnostic of the peak, the greatest share first, at most five.'),
    start: z.iso.datetime(),
    end: z.iso.datetime().describe('The newest of its strange samples so far.'),
    peak_at: z.iso.datetime(),
    samples: z.number().int().describe('How many were strange.'),
    feedback: z
      .object({ verdict: AnomalyVerdict, by: z.string(), at: z.iso.datetime() })
      .nullable()
      .describe('What people said of it.'),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'DeviceAnomaly', example: deviceAnomalyExample });
export type DeviceAnomaly = z.infer<typeof DeviceAnomaly>;

/** GET /api/v3/ai/anomalies, newest first. */
export const ListAnomaliesQuery = z.strictObject({
  ...pageQuery,
  device_id: idSchema('dev').optional(),
  metric: metricName.optional(),
  kind: AnomalyKind.optional(),
  severity: Severity.optional(),
  state: AnomalyState.optional(),
  from: moment.optional().describe('Still strange at or after.'),
  to: moment.optional().describe('Began before.'),
});
export type ListAnomaliesQuery = z.infer<typeof ListAnomaliesQuery>;

export const AnomalyPage = pageOf(DeviceAnomaly).meta({
  id: 'AnomalyPage',
  example: { data: [deviceAnomalyExample], page: { next_cursor: null, has_more: false } },
});
export type AnomalyPage = z.infer<typeof AnomalyPage>;

export const GetAnomaly = z.object({ id: z.string() });
export type GetAnomaly = z.infer<typeof GetAnomaly>;

/** POST /api/v3/ai/anomalies/{id}/feedback. */
export const AnomalyFeedback = z
  .strictObject({ verdict: AnomalyVerdict })
  .meta({ id: 'AnomalyFeedback', example: { verdict: 'false_positive' } });
export type AnomalyFeedback = z.infer<typeof AnomalyFeedback>;

/** An anomaly after what people said of it: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const JudgedAnomaly = z.object({ anomaly: DeviceAnomaly, replayed: z.boolean() });
export type JudgedAnomaly = z.infer<typeof JudgedAnomaly>;

const Rate = z.object({
  samples: z.number().int().describe('That were scored.'),
  anomalous: z.number().int(),
  rate: z.number().nullable().describe('anomalous by samples; null without any.'),
});

/** GET /api/v3/ai/devices/{id}/anomaly-rate. */
export const AnomalyRate = z
  .object({
    device_id: z.string(),
    last_24h: Rate,
    last_7d: Rate,
    open: z.number().int().describe('Open anomalies of the device now.'),
  })
  .meta({
    id: 'AnomalyRate',
    example: {
      device_id: deviceAnomalyExample.device_id,
      last_24h: { samples: 1_440, anomalous: 2, rate: 0.001389 },
      last_7d: { samples: 10_080, anomalous: 5, rate: 0.000496 },
      open: 1,
    },
  });
export type AnomalyRate = z.infer<typeof AnomalyRate>;

/** POST /api/v3/ai/anomalies/preview. */
export const PreviewAnomalies = z
  .strictObject({
    device_id: idSchema('dev'),
    metric: metricName,
    instance: text(256)
      .optional()
      .describe('Which one of many: a mount, a disk serial. Absent: the one without a name.'),
    sensitivity: AiSensitivity.default('standard').describe('Of which the examples are; all three are counted.'),
    from: moment.optional().describe('Fired at or after. By default as long ago as raw samples are kept: 30 days.'),
    to: moment.optional().describe('Before. By default now.'),
  })
  .meta({ id: 'PreviewAnomalies', example: { device_id: deviceAnomalyExample.device_id, metric: 'cpu.temperature' } });
export type PreviewAnomalies = z.infer<typeof PreviewAnomalies>;

/** How often a setting would have fired on what is stored. */
export const AnomalyPreview = z
  .object({
    ...aiAnswer,
    device_id: z.string(),
    metric: z.string(),
    instance: z.string(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    sensitivity: AiSensitivity,
    rows: z.number().int().describe('Samples in that time.'),
    settings: z
      .array(
        z.object({
          sensitivity: AiSensitivity,
          threshold: z.number(),
          fired: z.number().int().describe('Anomalies, with the feedback in force now.'),
          fired_without_feedback: z.number().int(),
        }),
      )
      .describe('low, standard, high.'),
    examples: z
      .array(
        DeviceAnomaly.pick({
          start: true,
          end: true,
          peak_at: true,
          score: true,
          severity: true,
          kind: true,
          value: true,
        }).extend({ expected: Expected }),
      )
      .describe('What the wanted sensitivity would have fired with the feedback in force, newest first, at most ten.'),
    feedback_in_force: z.number().int().describe('Anomalies of the series that people called false, and still count.'),
  })
  .meta({ id: 'AnomalyPreview', example: anomalyPreviewExample });
export type AnomalyPreview = z.infer<typeof AnomalyPreview>;

export const listAnomalies = defineCommand({
  service: 'ai',
  pattern: 'ai.anomalies.list',
  request: ListAnomaliesQuery,
  response: AnomalyPage,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const getAnomaly = defineCommand({
  service: 'ai',
  pattern: 'ai.anomalies.get',
  request: GetAnomaly,
  response: DeviceAnomaly,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const judgeAnomaly = defineCommand({
  service: 'ai',
  pattern: 'ai.anomalies.judge',
  request: z.object({ id: z.string(), if_match: ifMatch, body: AnomalyFeedback }),
  response: JudgedAnomaly,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const getAnomalyRate = defineCommand({
  service: 'ai',
  pattern: 'ai.anomalies.rate',
  request: z.object({ device_id: z.string() }),
  response: AnomalyRate,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

export const previewAnomalies = defineCommand({
  service: 'ai',
  pattern: 'ai.anomalies.preview',
  request: PreviewAnomalies,
  response: AnomalyPreview,
  idempotent: true,
  roles: rolesFrom('viewer'),
});

const detected = z.object({
  anomaly_id: z.string(),
  device_id: z.string(),
  diagnostic_id: z.string(),
  metric: z.string(),
  instance: z.string().nullable(),
  kind: AnomalyKind,
  severity: Severity,
  score: z.number(),
  threshold: z.number(),
  value: z.number().nullable(),
  expected: Expected,
  contributors: DeviceAnomaly.shape.contributors,
  start: z.iso.datetime(),
});

/** An anomaly began. While it goes on nothing more is said of it. */
export const anomalyDetected = defineEvent({
  type: 'anomaly.detected',
  data: detected,
  consumers: ['automation', 'analytics'],
  shown: detected,
});
