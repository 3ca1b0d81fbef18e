import type { DynamicModule } from '@nestjs/common';
import { SignedContexts } from '@techze/auth';
import {
  deviceDeleted,
  deviceEnrolled,
  deviceHardwareChanged,
  deviceIdentityConflict,
  diagnosticCompleted,
  diagnosticDeleted,
  findingChanged,
  findingOpened,
  findingResolved,
  type BackendService,
  type EventType,
} from '@techze/contracts';
import { OutboxModule } from '@techze/outbox';

/** Every kind of event of this release: any service may relay any of them. */
const events: readonly EventType[] = [
  deviceDeleted,
  deviceEnrolled,
  deviceHardwareChanged,
  deviceIdentityConflict,
  diagnosticCompleted,
  diagnosticDeleted,
  findingOpened,
  findingChanged,
  findingResolved,
];

/** Outbox, relay and inbox of a service; events are delivered under contexts that the service signs for itself. */
export function eventDelivery(service: BackendService): DynamicModule {
  return OutboxModule.forRoot({ service, events, tokenMinter: SignedContexts });
}
