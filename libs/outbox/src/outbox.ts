import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { newId, type EventType } from '@techze/contracts';
import { currentContext, formatTraceparent } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { afterCommit } from './after-commit.js';
import { OutboxRelay } from './outbox-relay.js';

/** Where events begin: a fact and its announcement are committed together or not at all. */
@Injectable()
export class Outbox {
  constructor(private readonly relay: OutboxRelay) {}

  /**
   * Announces a fact of the tenant at work from the caller's transaction. Once committed it reaches every consumer of its
   * kind, whatever Redis, this process or the consumers go through.
   * @throws ZodError when `data` is not what the event's schema says
   */
  async append<Data extends z.ZodType>(
    manager: EntityManager,
    event: EventType<Data>,
    data: z.input<Data>,
  ): Promise<void> {
    const context = currentContext();
    assert(context?.principal, 'an event needs a principal');
    const payload = JSON.stringify(event.data.parse(data));
    const { tenant_id } = context.principal;
    await manager.query(INSERT, [tenant_id, newId('evt'), event.type, payload, formatTraceparent(context.trace)]);
    afterCommit(manager, () => this.relay.poke());
  }
}

const INSERT = 'INSERT INTO outbox (tenant_id, event_id, type, payload, traceparent) VALUES ($1, $2, $3, $4, $5)';
