import { z } from 'zod';
import { metricName } from './measurement.js';
import { moment } from './moment.js';
import { text } from './text.js';

/** Rows, lines or events that one request may bring; more is 413. */
export const AI_ROWS_MAX = 100_000;

/**
 * A list that only says in the document what its items are: a worker looks at each by hand, with its index, for a schema
 * over so many items costs more than most models. An empty one is too little, not malformed: the answer says how much it takes.
 */
function listOf(items: object, description: string) {
  return z.array(z.unknown()).meta({ items }).describe(description);
}

export const aiTimestamps = listOf(
  { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'number' }] },
  'ISO 8601 texts (UTC where they name no zone) or milliseconds since 1970.',
);
export const aiValues = listOf({ type: ['number', 'null'] }, 'As many; null where the value is missing.');

/** A series as a caller sends it. */
export const InlineSeries = z.strictObject({ timestamps: aiTimestamps, values: aiValues }).meta({
  id: 'InlineSeries',
  example: { timestamps: ['2026-11-22T08:00:00Z', 1_795_334_700_000], values: [12.5, null] },
});
export type InlineSeries = z.infer<typeof InlineSeries>;

const STORED = 'Instead of inline data: what is stored of this device.';

/** A stored series: of a device of the caller's tenant, of the last 30 days, which is as long as raw samples are kept. */
export const storedSeries = {
  device_id: z.string().max(64).optional().describe(STORED),
  metric: metricName.optional().describe('Which series of the device. Needed with device_id.'),
  instance: text(256).optional().describe('Which one of many: a mount, a disk serial. Needed where there are several.'),
  from: moment.optional().describe('At or after. By default 30 days ago.'),
  to: moment.optional().describe('Before. By default now.'),
};

/** A stored series of a request that knows by itself which metric it is about. */
export const storedDevice = { device_id: storedSeries.device_id, instance: storedSeries.instance };

export const aiStrict = z
  .boolean()
  .default(false)
  .describe('Refuse rows that are not in order of time instead of sorting them.');

/** What the input was like. */
export const AiQuality = z
  .object({
    n: z.number().int().describe('Distinct moments (or lines, or events).'),
    gaps: z.number().int().describe('Neighbours more than one and a half steps apart.'),
    duplicates: z.number().int().describe('Rows that a later row of the same moment replaced.'),
    interpolated: z.number().int().describe('Values that were filled in.'),
    constant: z.boolean().describe('One value all the way.'),
    step_seconds: z.number().describe('The median distance of two neighbours.'),
  })
  .meta({
    id: 'AiQuality',
    example: { n: 288, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 300 },
  });
export type AiQuality = z.infer<typeof AiQuality>;

/** What every answer of the ai service carries. */
export const aiAnswer = {
  status: z
    .enum(['ok', 'insufficient_data'])
    .describe(
      'insufficient_data: what is stored of the device is too little to say anything; `required` and `got` tell.',
    ),
  required: z.number().int().optional().describe('With insufficient_data: how many rows it takes.'),
  got: z.number().int().optional().describe('With insufficient_data: how many there are.'),
  method: z.string().describe('Which models said so.'),
  version: z.string().describe('Of the models: another one may judge otherwise.'),
  quality: AiQuality,
  warnings: z.array(z.string()),
  duration_ms: z.number(),
};
