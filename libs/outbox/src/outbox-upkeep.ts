import { Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { outboxPending } from './metrics.js';
import { OutboxTable } from './outbox-table.js';

const COUNT_EVERY_MS = 15_000;
const FEED_EVERY_MS = 60 * 60 * 1_000;
const PURGE_EVERY_MS = 60 * 60 * 1_000;
const PURGE_ROWS = 1_000;

/** The slow chores around the outbox: the gauge, a word about events nobody here knows, old inbox rows, and the days of the feed. */
@Injectable()
export class OutboxUpkeep implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private readonly unknownTypes = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly table: OutboxTable,
    logger: Logger,
  ) {
    this.logger = logger.named('outbox');
  }

  onModuleInit(): void {
    this.every(COUNT_EVERY_MS, () => this.count());
    this.every(PURGE_EVERY_MS, () => this.purge());
    this.every(FEED_EVERY_MS, () => this.table.keepFeed())();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.underWay);
  }

  async count(): Promise<void> {
    outboxPending.set(await this.table.pending());
    for (const type of await this.table.unknownTypes()) {
      if (this.unknownTypes.has(type)) continue;
      this.unknownTypes.add(type);
      this.logger.warn('the outbox holds events that this release does not know; they are left alone', { type });
    }
  }

  async purge(): Promise<void> {
    while ((await this.table.purgeInbox(PURGE_ROWS)) === PURGE_ROWS);
  }

  /** A chore that fails is done the next time; the relay already tells when the database is away. */
  private every(ms: number, chore: () => Promise<void>): () => void {
    const run = () => {
      const done = chore()
        .catch((err: unknown) => this.logger.debug('outbox upkeep failed', { err }))
        .finally(() => this.underWay.delete(done));
      this.underWay.add(done);
    };
    this.timers.push(setInterval(run, ms).unref());
    return run;
  }
}
