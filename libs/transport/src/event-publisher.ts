import { Injectable } from '@nestjs/common';
import { Problem, type BackendService, type EventEnvelope } from '@techze/contracts';
import { FRAME_FIELD } from './envelope.js';
import type { EventMessage } from './event-intake.js';
import { keysOf } from './keys.js';
import { RedisConnections } from './redis-connections.js';
import { eventLifeMs } from './timings.js';

/** One event, who reads it, and the signed context under which they do. */
export interface OutgoingEvent {
  readonly envelope: EventEnvelope;
  readonly consumers: readonly BackendService[];
  readonly token: string;
}

/** Hands events to the services that read them. */
@Injectable()
export class EventPublisher {
  constructor(private readonly connections: RedisConnections) {}

  /**
   * Appends each event to each consumer's stream, all in one write. Consumers see some events twice when it fails half-way
   * and is tried again: their inbox knows.
   * @throws Problem('service-unavailable') unless Redis has them all
   */
  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    const oldest = String(Date.now() - eventLifeMs);
    const commands = events.flatMap(({ envelope, consumers, token }) => {
      const text = JSON.stringify({ envelope, token } satisfies EventMessage);
      // A service that is away for long must not fill Redis: what is too old to be read makes room.
      return consumers.map((consumer) => [
        'XADD',
        keysOf(consumer).events,
        'MINID',
        '~',
        oldest,
        '*',
        FRAME_FIELD,
        text,
      ]);
    });
    for (const outcome of await this.connections.commands.pipeline(commands))
      if (outcome.status === 'rejected') throw new Problem('service-unavailable', { cause: outcome.reason });
  }
}
