import { EventEnvelope, Problem } from '@techze/contracts';
import { continueTrace, runInContext, type Logger } from '@techze/observability';
import { z } from 'zod';
import type { ContextVerifier } from './context-verifier.js';
import type { DeadLetterReason, DeadLetters } from './dead-letters.js';
import { versionedField } from './envelope.js';
import { runHandler } from './handler-runner.js';
import type { IntakeHost } from './request-intake.js';
import type { Slots } from './slots.js';
import type { StreamEntry } from './stream-entry.js';
import { StreamsContext } from './streams-context.js';
import { eventLifeMs, longestDeadlineMs, maxEventDeliveries } from './timings.js';
import { transportEventsTotal } from './transport.metrics.js';

/** One event on the wire. */
export const EventMessage = z.object({ envelope: EventEnvelope, token: z.string().min(1).max(16_384) });
export type EventMessage = z.infer<typeof EventMessage>;

/** Works on entries of the event stream: one event each. */
export class EventIntake {
  constructor(
    private readonly host: IntakeHost,
    private readonly verifier: ContextVerifier,
    private readonly slots: Slots,
    private readonly deadLetters: DeadLetters,
    private readonly logger: Logger,
  ) {}

  /**
   * Never rejects.
   * @returns whether the entry is done; if not it stays pending and is delivered again after a while
   */
  async work(entry: StreamEntry): Promise<boolean> {
    this.slots.take(1);
    try {
      return await this.handle(entry);
    } finally {
      this.slots.give(1);
    }
  }

  private async handle(entry: StreamEntry): Promise<boolean> {
    const message = decodeEvent(entry.fields);
    if ('reason' in message) return this.giveUp(entry, message.reason, message.raw);
    const { envelope, token } = message;
    if (isStale(entry.id)) {
      this.count(envelope.type, 'stale');
      return true;
    }
    const handler = this.host.handlers.get(envelope.type);
    try {
      const principal = await this.verifier.verify(token);
      if (principal.tenant_id !== envelope.tenant_id) throw new Problem('invalid-token', { cause: 'another tenant' });
      if (!handler?.isEventHandler) return this.giveUp(entry, 'no-handler', envelope);
      const context = new StreamsContext([{ id: envelope.id, pattern: envelope.type }, entry.deliveries]);
      await runInContext(
        {
          requestId: envelope.id,
          trace: continueTrace(envelope.traceparent),
          deadline: Date.now() + longestDeadlineMs,
          principal,
          token,
          idempotencyKey: envelope.id,
        },
        () => this.host.withHooks(context, () => runHandler(handler, envelope, context)),
      );
      this.count(envelope.type, 'ok');
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'invalid-token')
        return this.giveUp(entry, 'invalid-token', envelope);
      const last = entry.deliveries >= maxEventDeliveries;
      this.logger.warn('event handler failed', {
        event: envelope.id,
        type: envelope.type,
        delivery: entry.deliveries,
        err: error,
      });
      if (last) return this.giveUp(entry, 'too-many-deliveries', envelope);
      this.count(envelope.type, 'retry');
      return false;
    }
  }

  private giveUp(entry: StreamEntry, reason: DeadLetterReason, message: unknown): true {
    const type = EventEnvelope.safeParse(message).data?.type ?? 'unknown';
    this.deadLetters.keep(this.host.stream, entry.id, reason, message);
    this.count(type, 'dead');
    return true;
  }

  private count(type: string, outcome: string): void {
    transportEventsTotal.inc({
      service: this.host.service,
      type: this.host.handlers.has(type) ? type : 'unknown',
      outcome,
    });
  }
}

/** Too old for its context: it comes again under a fresh one. An entry's id begins with Redis' milliseconds. */
function isStale(entryId: string): boolean {
  return Date.now() - Number.parseInt(entryId, 10) > eventLifeMs;
}

function decodeEvent(fields: readonly string[]): EventMessage | { reason: DeadLetterReason; raw: string } {
  const text = versionedField(fields);
  if (typeof text !== 'string') return text;
  try {
    return EventMessage.parse(JSON.parse(text));
  } catch {
    return { reason: 'malformed', raw: text };
  }
}
