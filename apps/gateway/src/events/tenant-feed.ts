import type { Logger } from '@techze/observability';
import { Pause } from '@techze/outbox';
import type { EventFeedRepository, FeedEvent, FeedPage } from './event-feed.repository.js';
import { isBehind, isTooOld, type FeedPosition } from './feed-position.js';

/** Between two looks that nobody asks for: so late is an event when Redis is away. */
const POLL_MS = 1_000;
/** What is committed but not settled yet: looked at again after this, doubling. */
const UNSETTLED_MS = { first: 5, last: 250 };

/** A stream, as its feed knows it. */
export interface FeedReader {
  /** @returns false when it falls behind: from then on it reads for itself */
  offer(events: readonly FeedEvent[]): boolean;
  /** What it has read is not what there is: it goes on from the feed's position. */
  reset(): void;
}

/** One tenant's events as this process reads them, once for all of its streams. Stands while it has a stream. */
export class TenantFeed {
  private readonly live = new Set<FeedReader>();
  private readonly pause = new Pause();
  private current: FeedPosition;
  private stopped = false;
  private failing = false;
  private unsettledLooks = 0;

  private constructor(
    readonly tenantId: string,
    private readonly repository: EventFeedRepository,
    private readonly logger: Logger,
    newest: FeedPosition,
  ) {
    this.current = newest;
    void this.run();
  }

  /** @throws Problem when the database does not answer */
  static async open(tenantId: string, repository: EventFeedRepository, logger: Logger): Promise<TenantFeed> {
    return new TenantFeed(tenantId, repository, logger, await repository.newest(tenantId));
  }

  /** Behind everything that its live streams have been offered. */
  get position(): FeedPosition {
    return this.current;
  }

  pageAfter(position: FeedPosition): Promise<FeedPage> {
    return this.repository.pageAfter(this.tenantId, position);
  }

  /** Offers the stream what comes from now on, if it has read everything up to here. */
  join(stream: FeedReader, position: FeedPosition): boolean {
    if (this.stopped || isBehind(this.current, position)) return false;
    this.live.add(stream);
    return true;
  }

  leave(stream: FeedReader): void {
    this.live.delete(stream);
  }

  /** There is something new. */
  ring(): void {
    this.unsettledLooks = 0;
    this.pause.end();
  }

  stop(): void {
    this.stopped = true;
    this.pause.end();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const waitMs = await this.look();
      if (waitMs > 0 && !this.stopped) await this.pause.begin(waitMs);
    }
  }

  /** Never rejects. One line a change of state, not one a failure. @returns how long to wait before the next look */
  private async look(): Promise<number> {
    try {
      const page = await this.pageAfter(this.current);
      if (this.failing) this.logger.info('events are shown again', { tenant_id: this.tenantId });
      this.failing = false;
      return await this.take(page);
    } catch (err) {
      if (!this.failing) this.logger.warn('events cannot be shown; they wait', { tenant_id: this.tenantId, err });
      this.failing = true;
      return POLL_MS;
    }
  }

  private async take({ events, more, unsettled, anchor }: FeedPage): Promise<number> {
    if (anchor === 'unknown') return POLL_MS;
    // An event that is old enough to be dropped was the newest for three days: nothing was missed.
    if (anchor === 'gone' && !isTooOld(this.current, Date.now())) return this.beginAnew();
    const newest = events.at(-1);
    if (newest) {
      this.current = newest.position;
      for (const stream of this.live) if (!stream.offer(events)) this.live.delete(stream);
    }
    if (more) return 0;
    if (!unsettled) {
      this.unsettledLooks = 0;
      return POLL_MS;
    }
    this.unsettledLooks += 1;
    return Math.min(UNSETTLED_MS.first * 2 ** (this.unsettledLooks - 1), UNSETTLED_MS.last);
  }

  /** A node took over that had not heard of what was shown last: what else was lost with it, or came since, is not known. */
  private async beginAnew(): Promise<number> {
    this.current = await this.repository.newest(this.tenantId);
    this.logger.warn('the newest event that was shown is gone; streams begin anew', { tenant_id: this.tenantId });
    for (const stream of this.live) stream.reset();
    return 0;
  }
}
