import assert from 'node:assert/strict';
import { Injectable } from '@nestjs/common';
import { newId, type EventType } from '@techze/contracts';
import { currentContext, formatTraceparent } from '@techze/observability';
import { EventBell } from '@techze/transport';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { afterCommit } from './after-commit.js';
import { OutboxRelay } from './outbox-relay.js';

/** Where events begin: a fact and its announcement are committed together or not at all. */
@Injectable()
export class Outbox {
  constructor(
    private readonly relay: OutboxRelay,
    private readonly bell: EventBell,
  ) {}

  /**
   * Announces a fact of the tenant at work from the caller's transaction. Once committed it reaches every consumer of its
   * kind, whatever Redis, this process or the consumers go through; and whoever the tenant lets see what happens.
   * @throws ZodError when `data` is not what the event's schema says
   */
  async append<Data extends z.ZodType>(
    manager: EntityManager,
    event: EventType<Data>,
    data: z.input<Data>,
  ): Promise<void> {
    const context = currentContext();
    assert(context?.principal, 'an event needs a principal');
    const fact = event.data.parse(data);
    const shown = event.shown && JSON.stringify(event.shown.parse(fact));
    const { tenant_id } = context.principal;
    const trace = formatTraceparent(context.trace);
    const row = [tenant_id, newId('evt'), event.type, JSON.stringify(fact), trace];
    await (shown === null ? manager.query(INSERT, row) : manager.query(INSERT_AND_SHOW, [...row, shown]));
    afterCommit(manager, () => {
      this.relay.poke();
      this.bell.ring(tenant_id);
    });
  }
}

const INSERT = 'INSERT INTO outbox (tenant_id, event_id, type, payload, traceparent) VALUES ($1, $2, $3, $4, $5)';
const INSERT_AND_SHOW = `
  WITH shown AS (INSERT INTO event_feed (tenant_id, event_id, type, data) VALUES ($1, $2, $3, $6)) ${INSERT}`;
