import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { EventTokenMinter } from './event-token-minter.js';
import { Inbox } from './inbox.js';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxTable } from './outbox-table.js';
import { OutboxUpkeep } from './outbox-upkeep.js';
import { Outbox } from './outbox.js';

/** Provides outbox and inbox everywhere and relays events for as long as the process runs. */
@Module({})
export class OutboxModule {
  /** @param tokenMinter a provider of a global module that signs deliveries: `SignedContexts` of the auth lib */
  static forRoot({ tokenMinter, ...options }: OutboxOptions & { tokenMinter: Type<EventTokenMinter> }): DynamicModule {
    return {
      module: OutboxModule,
      global: true,
      providers: [
        { provide: OUTBOX_OPTIONS, useValue: options },
        { provide: EventTokenMinter, useExisting: tokenMinter },
        OutboxTable,
        OutboxRelay,
        OutboxUpkeep,
        Outbox,
        Inbox,
      ],
      exports: [Outbox, Inbox],
    };
  }
}
