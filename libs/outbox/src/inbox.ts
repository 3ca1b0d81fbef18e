import { Inject, Injectable } from '@nestjs/common';
import { Problem, type EventEnvelope } from '@techze/contracts';
import { Database } from '@techze/database';
import { currentContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.js';

/** Where events end: each takes effect once for this service, however often it is delivered. */
@Injectable()
export class Inbox {
  constructor(
    private readonly database: Database,
    @Inject(OUTBOX_OPTIONS) private readonly options: OutboxOptions,
  ) {}

  /**
   * Runs `work` and notes the event as taken in one transaction. A concurrent delivery of the same event waits for it.
   * @returns false when the event was taken before; `work` did not run
   * @throws what `work` throws; nothing is noted and the event will come again
   */
  async once(event: EventEnvelope, work: (manager: EntityManager) => Promise<void>): Promise<boolean> {
    const principal = currentContext()?.principal;
    // The signed context says for whom: an envelope that says otherwise was not made by a relay.
    if (principal?.kind !== 'worker' || principal.tenant_id !== event.tenant_id) throw new Problem('forbidden');
    return this.database.write(async (manager) => {
      const taken = await manager.query<unknown[]>(TAKE, [event.tenant_id, event.id, this.options.service]);
      if (taken.length === 0) return false;
      await work(manager);
      return true;
    });
  }
}

const TAKE = `INSERT INTO inbox (tenant_id, event_id, consumer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1`;
