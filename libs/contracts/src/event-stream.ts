import { z } from 'zod';
import { anomalyDetected } from './anomaly.js';
import { deviceDeleted, deviceEnrolled, deviceHardwareChanged, deviceIdentityConflict } from './device.js';
import { diagnosticCompleted, diagnosticDeleted } from './diagnostic.js';
import type { EventType } from './event.js';
import { findingChanged, findingOpened, findingResolved } from './finding.js';
import { idSchema } from './ids.js';

/** Every kind of event of this release: any service may relay any of them. */
export const eventTypes: readonly EventType[] = [
  deviceDeleted,
  deviceEnrolled,
  deviceHardwareChanged,
  deviceIdentityConflict,
  diagnosticCompleted,
  diagnosticDeleted,
  findingOpened,
  findingChanged,
  findingResolved,
  anomalyDetected,
];

/** Those that `GET /api/v1/events` shows. */
export const shownEventTypes: readonly string[] = eventTypes.filter(({ shown }) => shown).map(({ type }) => type);

export const StreamEventsQuery = z.strictObject({
  types: z
    .string()
    .transform((list) => [...new Set(list.split(','))])
    .pipe(z.array(z.enum(shownEventTypes)))
    .optional()
    .describe(`Only these kinds, comma-separated: ${shownEventTypes.join(', ')}.`),
  device_id: idSchema('dev').optional().describe('Only what happens to this device.'),
});
export type StreamEventsQuery = z.infer<typeof StreamEventsQuery>;

/** The `data` line of a server-sent event, whose `event` line is the type: ids and a summary, what else there is is read by them. */
export const StreamedEvent = z
  .object({
    id: z.string().describe('Of the event. Its line `id` is another thing: where to resume.'),
    type: z.string().describe(`One of ${shownEventTypes.join(', ')}. More will come: ignore what you do not know.`),
    occurred_at: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()).describe('By type; device_id is always there.'),
  })
  .meta({
    id: 'StreamedEvent',
    example: {
      id: 'evt_019aa8c51f6b7d1e8f0a2b3c4d5e6f75',
      type: 'diagnostic.completed',
      occurred_at: '2026-11-22T08:00:01.250Z',
      data: {
        diagnostic_id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
        device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71',
        type: 'full',
        collected_at: '2026-11-22T08:00:00.000Z',
        seen_at: '2026-11-22T08:00:00.000Z',
        score: 82,
        band: 'healthy',
        coverage: 0.91,
        scoring_version: '1.1.0',
        requested: false,
      },
    },
  });
export type StreamedEvent = z.infer<typeof StreamedEvent>;

/** Why a stream ends: the `data` of its last event, `stream.end`. */
export const StreamEndReason = z.enum(['credential', 'shutdown']);
export type StreamEndReason = z.infer<typeof StreamEndReason>;
