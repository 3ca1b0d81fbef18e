import type { DynamicModule } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import { eventTypes, type BackendService } from '@techze/contracts';
import { OutboxModule } from '@techze/outbox';

/** Outbox, relay and inbox of a service; events are delivered under contexts that the service signs for itself. */
export function eventDelivery(service: BackendService): DynamicModule {
  return OutboxModule.forRoot({ service, events: eventTypes, tokenMinter: SignedContexts });
}
