import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { BackendService, EventType } from '@techze/contracts';
import { Logger } from '@techze/observability';
import { EventPublisher, type OutgoingEvent } from '@techze/transport';
import { EventTokenMinter } from './event-token-minter.js';
import { outboxPublishedTotal, outboxRepublishedTotal } from './metrics.js';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.js';
import { OutboxTable, type ClaimedEvent } from './outbox-table.js';
import { Pause } from './pause.js';

const BATCH_ROWS = 100;
/** Between two rounds that nothing else asks for, and at least between two looks at published rows that wait. */
const POLL_MS = 1_000;
/** What commits within this time of a poke travels together. */
const GATHER_MS = 5;
const FAILURE_BACKOFF_MAX_MS = 15_000;
/** A bus that hangs is a bus that is away. */
const PUBLISH_TIMEOUT_MS = 5_000;

/**
 * Moves committed events to the bus, right after a commit of this process (`poke`) and every second for what others left.
 * A row stays in the table, and is published again with back-off, until the inbox of every consumer holds its event:
 * the bus may lose everything at any time. Any number of relays work side by side.
 */
@Injectable()
export class OutboxRelay implements OnModuleInit, BeforeApplicationShutdown {
  private readonly eventTypes: ReadonlyMap<string, EventType>;
  private readonly pause = new Pause();
  private readonly logger: Logger;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;
  private failures = 0;
  private nextLookMs = 0;

  constructor(
    @Inject(OUTBOX_OPTIONS) private readonly options: OutboxOptions,
    private readonly table: OutboxTable,
    private readonly publisher: EventPublisher,
    private readonly minter: EventTokenMinter,
    logger: Logger,
  ) {
    this.eventTypes = new Map(options.events.map((event) => [event.type, event]));
    this.logger = logger.named('outbox');
  }

  onModuleInit(): void {
    this.running = this.run();
  }

  /** Stops while the database and the bus still stand; waits for the batch under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.pause.end();
    await this.running;
  }

  /** There is something to publish. While the relay backs off from a failure this changes nothing. */
  poke(): void {
    if (this.failures === 0) this.pause.endIn(GATHER_MS);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const more = await this.round();
      if (more || this.stopping) continue;
      const backoffMs = Math.min(POLL_MS * 2 ** Math.min(this.failures, 10), FAILURE_BACKOFF_MAX_MS);
      await this.pause.begin(this.failures === 0 ? POLL_MS : backoffMs);
    }
  }

  /** @returns whether more is due already; never rejects. One line a change of state, not one a failure. */
  private async round(): Promise<boolean> {
    try {
      const more = (await this.publishNew()) || (await this.lookAfterPublished());
      if (this.failures > 0) this.logger.info('events are relayed again');
      this.failures = 0;
      return more;
    } catch (err) {
      if (this.failures === 0) this.logger.warn('events cannot be relayed; they wait in the outbox', { err });
      this.failures += 1;
      this.pause.forget(); // a poke that came meanwhile would cut the back-off short
      return false;
    }
  }

  private async publishNew(): Promise<boolean> {
    const events = await this.table.claimNew(BATCH_ROWS);
    try {
      await this.publish(events);
    } catch (error) {
      // Best effort: should this fail too the rows are due again in a moment.
      await this.table.release(events).catch(() => undefined);
      throw error;
    }
    return events.length === BATCH_ROWS;
  }

  /**
   * Forgets what every consumer took, and publishes again what some did not: a batch a second at most, so that a service
   * that is down for long neither fills the bus nor holds up what is new.
   */
  private async lookAfterPublished(): Promise<boolean> {
    if (performance.now() < this.nextLookMs) return false;
    const events = await this.table.claimDue(BATCH_ROWS);
    const finished = events.filter((event) => this.missingConsumers(event).length === 0);
    const again = events.length === BATCH_ROWS && finished.length > BATCH_ROWS / 2;
    if (!again) this.nextLookMs = performance.now() + POLL_MS;
    if (finished.length > 0) await this.table.finish(finished);
    await this.publish(events.filter((event) => !finished.includes(event)));
    return again;
  }

  private async publish(events: readonly ClaimedEvent[]): Promise<void> {
    if (events.length === 0) return;
    await inTime(this.publisher.publish(await this.messages(events)));
    for (const { attempts, type } of events)
      (attempts === 1 ? outboxPublishedTotal : outboxRepublishedTotal).inc({ type });
  }

  private messages(events: readonly ClaimedEvent[]): Promise<OutgoingEvent[]> {
    const tokens = new Map<string, Promise<string>>();
    const tokenOf = (tenant_id: string) => {
      const token =
        tokens.get(tenant_id) ??
        this.minter.mint({ kind: 'worker', tenant_id, service: this.options.service, role: 'worker' });
      tokens.set(tenant_id, token);
      return token;
    };
    return Promise.all(
      events.map(async (event) => ({
        envelope: {
          id: event.event_id,
          type: event.type,
          tenant_id: event.tenant_id,
          occurred_at: event.created_at.toISOString(),
          ...(event.traceparent !== null && { traceparent: event.traceparent }),
          data: event.payload,
        },
        consumers: this.missingConsumers(event),
        token: await tokenOf(event.tenant_id),
      })),
    );
  }

  private missingConsumers({ type, taken_by }: ClaimedEvent): BackendService[] {
    const consumers = this.eventTypes.get(type)?.consumers ?? [];
    return consumers.filter((consumer) => !taken_by.includes(consumer));
  }
}

/** The outcome of `work`, or a rejection after five seconds; should it succeed later, the inbox knows. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the bus did not answer in time')), PUBLISH_TIMEOUT_MS);
  });
  await Promise.race([work, timeUp]).finally(() => clearTimeout(timer));
}
