import { z } from 'zod';
import { analysisExample, analyzeExample } from './ai.example.js';
import { aiAnswer, aiStrict, InlineSeries, storedDevice, storedSeries } from './ai-input.js';
import { defineCommand } from './command.js';
import { Freight } from './freight.js';
import { rolesFrom } from './principal.js';

/** Snapshots of one disk; more than a year of one a day. */
const SNAPSHOTS_MAX = 1_000;

const smartSnapshot = z
  .strictObject({
    at: z
      .union([z.string(), z.number()])
      .optional()
      .describe('When it was taken: ISO 8601 or milliseconds since 1970.'),
    hours: z.number().min(0).max(1e6).optional().describe('The power-on hours of the disk.'),
    model: z.string().max(128).optional().describe('As the disk names itself.'),
    attributes: z
      .record(
        z.string().min(1).max(64),
        z
          .number()
          .min(0)
          .max(2 ** 64)
          .nullable(),
      )
      .describe('Raw values by attribute number; of NVMe by name, e.g. percentage_used.'),
  })
  .refine(({ at, hours }) => at !== undefined || hours !== undefined, 'needs at or hours')
  .meta({ id: 'SmartSnapshot' });
export type SmartSnapshot = z.infer<typeof smartSnapshot>;

const horizon = z.number().int().min(1).max(1_000).describe('How many rows ahead.');
const level = z
  .number()
  .min(0.5)
  .max(0.99)
  .default(0.8)
  .describe('The share of future values that the band is to hold.');

/** POST /api/v3/ai/analyze: the members of its kind, or `device_id`. */
export const Analyze = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('disk_failure'),
      smart: z.array(smartSnapshot).max(SNAPSHOTS_MAX).optional().describe('Snapshots of one disk; one is enough.'),
      ...storedDevice,
    }),
    z.strictObject({
      kind: z.literal('disk_full'),
      series: InlineSeries.optional().describe('Used bytes.'),
      capacity_bytes: z
        .number()
        .positive()
        .max(2 ** 53)
        .optional()
        .describe('Needed with series.'),
      ...storedDevice,
      strict: aiStrict,
    }),
    z.strictObject({
      kind: z.literal('battery_wear'),
      series: InlineSeries.optional().describe('Capacity in per cent of the designed one.'),
      cycles: z.number().min(0).max(1e6).optional().describe('Charge cycles at the last row.'),
      ...storedDevice,
      strict: aiStrict,
    }),
    z.strictObject({
      kind: z.literal('forecast'),
      series: InlineSeries.optional(),
      ...storedSeries,
      horizon,
      level,
      strict: aiStrict,
    }),
  ])
  .meta({ id: 'Analyze', example: analyzeExample });
export type Analyze = z.infer<typeof Analyze>;

export const Forecast = z
  .object({
    timestamps: z.array(z.iso.datetime()),
    point: z.array(z.number()),
    low: z.array(z.number()),
    high: z.array(z.number()),
    level: z.number(),
  })
  .meta({ id: 'Forecast', example: analysisExample.forecast });
export type Forecast = z.infer<typeof Forecast>;

const eta = z
  .object({
    hours: z.number(),
    low: z.number(),
    high: z.number().nullable().describe('null: beyond what is looked ahead.'),
  })
  .nullable();

export const Analysis = z
  .object({
    ...aiAnswer,
    kind: z.enum(['disk_failure', 'disk_full', 'battery_wear', 'forecast']),
    risk: z
      .object({
        probability: z.number(),
        horizon_hours: z.number(),
        band: z.enum(['low', 'elevated', 'high', 'critical']),
        calibration: z
          .object({
            method: z.enum(['isotonic', 'none']).describe('none: by rule, an order and not a frequency.'),
            prevalence: z.number().nullable().describe('The share that failed among those it was measured on.'),
            fleet_prevalence: z.number().nullable().describe('The share that fails in fleets at large.'),
            fleet_probability: z.number().nullable().describe('The same, at the share of fleets.'),
            note: z.string(),
          })
          .describe('What the probability rests on.'),
      })
      .nullable(),
    will_fill: z.boolean().optional().describe('Of disk_full.'),
    drivers: z
      .array(
        z.object({
          attribute: z.string(),
          value: z.union([z.number(), z.string()]).nullable(),
          delta_30d: z.number().nullable(),
          contribution: z.number(),
        }),
      )
      .describe('What it comes from, the greatest first.'),
    eta: eta.describe(
      'From the last row on, until the disk is full or the battery down to 80 % of its designed capacity; null where it is not to be said.',
    ),
    eta_60: eta.optional().describe('Of battery_wear: until it is down to 60 %.'),
    forecast: Forecast.nullable(),
  })
  .meta({ id: 'Analysis', example: analysisExample });
export type Analysis = z.infer<typeof Analysis>;

export const analyze = defineCommand({
  service: 'ai',
  pattern: 'ai.analyze',
  request: Freight,
  response: Freight,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
