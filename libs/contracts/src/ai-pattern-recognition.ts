import { z } from 'zod';
import { recognisedPatternsExample, recognisePatternsExample } from './ai.example.js';
import { aiAnswer, aiStrict, InlineSeries, storedSeries } from './ai-input.js';
import { defineCommand } from './command.js';
import { Freight } from './freight.js';
import { rolesFrom } from './principal.js';

export const PatternTask = z.enum([
  'seasonality',
  'changepoints',
  'motifs',
  'discords',
  'log_templates',
  'sequences',
  'cohorts',
]);
export type PatternTask = z.infer<typeof PatternTask>;

/** POST /api/v3/ai/pattern-recognition: `series`, `device_id` with `metric`, `logs` or `events`; cohorts need none. */
export const RecognisePatterns = z
  .strictObject({
    series: InlineSeries.optional(),
    ...storedSeries,
    logs: z
      .array(z.unknown())
      .optional()
      .meta({ items: { type: 'string' } })
      .describe('Lines of a log, in order.'),
    events: z
      .array(z.unknown())
      .optional()
      .meta({
        items: {
          type: 'object',
          properties: {
            at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'number' }] },
            type: { type: 'string' },
          },
          required: ['at', 'type'],
          additionalProperties: false,
        },
      })
      .describe('What happened when.'),
    tasks: z
      .array(PatternTask)
      .min(1)
      .max(PatternTask.options.length)
      .optional()
      .describe(
        'By default what the input allows: a series seasonality, changepoints, motifs and discords; logs log_templates; events sequences. cohorts looks at the open findings of all devices of the tenant, or at those that the device shares.',
      ),
    m: z
      .number()
      .int()
      .min(4)
      .max(5_000)
      .optional()
      .describe('Rows of a motif or discord; by default the strongest season, else a twentieth of the rows.'),
    strict: aiStrict,
  })
  .meta({ id: 'RecognisePatterns', example: recognisePatternsExample });
export type RecognisePatterns = z.infer<typeof RecognisePatterns>;

/** What was looked for is there, and may be empty; what was not is absent. */
export const RecognisedPatterns = z
  .object({
    ...aiAnswer,
    tasks: z.array(PatternTask).describe('What was looked for.'),
    periods: z
      .array(z.object({ length: z.number(), strength: z.number(), p_value: z.number() }))
      .optional()
      .describe('Seasons, in rows, the strongest first.'),
    changepoints: z
      .array(
        z.object({
          index: z.number().int().describe('The first row of what is new, in order of time.'),
          at: z.iso.datetime(),
          kind: z.enum(['level', 'trend', 'variance']),
          confidence: z.number(),
        }),
      )
      .optional(),
    motifs: z
      .array(z.object({ starts: z.array(z.number().int()), length: z.number().int(), distance: z.number() }))
      .optional()
      .describe('Stretches that are alike, by their shape.'),
    discords: z
      .array(z.object({ start: z.number().int(), length: z.number().int(), distance: z.number() }))
      .optional()
      .describe('Stretches that are like no other.'),
    templates: z
      .array(z.object({ id: z.string(), template: z.string(), count: z.number().int(), example: z.string() }))
      .optional()
      .describe('The most frequent first.'),
    assignments: z.array(z.string()).optional().describe('Of each line the id of its template.'),
    sequences: z
      .array(
        z.object({
          pattern: z.array(z.string()),
          support: z.number(),
          confidence: z.number(),
          lift: z.number(),
          count: z.number().int(),
        }),
      )
      .optional()
      .describe('What follows on what.'),
    cohorts: z
      .array(
        z.object({
          attribute: z.string().describe('What the devices have in common, e.g. model or os.'),
          value: z.string(),
          codes: z.array(z.string()).describe('The findings that are open on each of them.'),
          devices: z.array(z.string()),
          of: z.number().int().describe('How many devices are of this kind.'),
          lift: z
            .number()
            .nullable()
            .describe('How much oftener than on the others; null where none of those has them.'),
          p_value: z.number(),
        }),
      )
      .optional()
      .describe('The same findings on many devices of one kind: an incident of the fleet. The most certain first.'),
  })
  .meta({ id: 'RecognisedPatterns', example: recognisedPatternsExample });
export type RecognisedPatterns = z.infer<typeof RecognisedPatterns>;

export const recognisePatterns = defineCommand({
  service: 'ai',
  pattern: 'ai.pattern-recognition',
  request: Freight,
  response: Freight,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
