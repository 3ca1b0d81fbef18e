import { Controller, type Type } from '@nestjs/common';
import type { EventEnvelope, EventType } from '@techze/contracts';
import { Logger } from '@techze/observability';
import { Inbox } from '@techze/outbox';
import { HandlesEvent } from '@techze/transport';

/** A controller that takes note of an event, once, and does nothing else: for a service that has no use for it yet. */
export function acknowledges(eventType: EventType): Type {
  @Controller()
  class AcknowledgingController {
    constructor(
      private readonly inbox: Inbox,
      private readonly logger: Logger,
    ) {}

    @HandlesEvent(eventType)
    async take(event: EventEnvelope): Promise<void> {
      const first = await this.inbox.once(event, () => Promise.resolve());
      this.logger.debug('event noted', { event_id: event.id, event_type: event.type, first });
    }
  }
  return AcknowledgingController;
}
