import { z } from 'zod';
import type { BackendService } from './services.js';

/** A fact that was committed: written with its cause in one transaction, delivered at least once, taken once by each consumer. */
export const EventEnvelope = z.object({
  id: z.string(),
  type: z.string(),
  tenant_id: z.string(),
  occurred_at: z.iso.datetime(),
  traceparent: z.string().optional(),
  data: z.unknown(),
});
export type EventEnvelope<Data = unknown> = Omit<z.infer<typeof EventEnvelope>, 'data'> & { data: Data };

/** A kind of event and the services that read it. Event data is open: consumers ignore keys that they do not know. */
export interface EventType<Data extends z.ZodType = z.ZodType> {
  readonly type: string;
  readonly data: Data;
  readonly consumers: readonly BackendService[];
  /** What of its data the people of the tenant are shown as a server-sent event, and no more than this; null: nothing. */
  readonly shown: z.ZodObject | null;
}

export function defineEvent<Data extends z.ZodType>(event: EventType<Data>): EventType<Data> {
  return Object.freeze(event);
}
