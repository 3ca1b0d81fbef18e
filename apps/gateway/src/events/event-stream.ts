import { Readable } from 'node:stream';
import type { StreamEndReason } from '@techze/contracts';
import type { FeedEvent } from './event-feed.repository.js';
import { beginning, isBeginning, isBehind, isTooOld, type FeedPosition } from './feed-position.js';
import { endText, eventText, heartbeatText, resetText, retryText } from './stream-text.js';
import type { FeedReader, TenantFeed } from './tenant-feed.js';

/** A reader whose connection takes no more holds this much, and a page of events, and not a byte more. */
const BUFFER_BYTES = 64 * 1024;
/** Between two attempts to catch up while the database is away, or a replica has not heard of the position. */
const AGAIN_MS = 500;
/** Whoever loses its stream comes back after 1 to 3 s: those of a gateway that stops not all at once. */
const RETRY_MS = { least: 1_000, spread: 2_000 };

export type EventFilter = (event: FeedEvent) => boolean;

/**
 * One connection's way through the feed of its tenant. It is `live` while it has read all that the feed has; one that
 * falls behind, because it joins late or reads slowly, reads its own pages from the database at its own pace until it has
 * caught up. So nothing is kept for it in memory, and nothing is left out.
 */
export class EventStream extends Readable implements FeedReader {
  private position: FeedPosition;
  private full = false;
  private fullSinceMs = 0;
  private paused = false;
  private ended = false;
  private catchingUp = false;
  /** That the position is one of this feed. */
  private proven: boolean;

  constructor(
    private readonly feed: TenantFeed,
    private readonly wants: EventFilter,
    resumeFrom?: FeedPosition,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
    this.position = resumeFrom ?? feed.position;
    this.proven = !resumeFrom;
    this.write(retryText(RETRY_MS.least + Math.floor(Math.random() * RETRY_MS.spread)));
    if (resumeFrom && isTooOld(resumeFrom, Date.now())) this.reset();
    else if (!resumeFrom) this.beat();
    void this.catchUp();
  }

  /** Since when the reader takes nothing more, on performance.now(); undefined while it does. */
  get stuckSinceMs(): number | undefined {
    return this.full ? this.fullSinceMs : undefined;
  }

  /** New events of the feed, while this is live. @returns false when it falls behind */
  offer(events: readonly FeedEvent[]): boolean {
    if (this.full || this.paused) return false;
    this.deliver(events);
    return !this.full;
  }

  /** A sign of life, and the position: whoever filters much resumes from here, not from the last event that it wanted. */
  beat(): void {
    if (this.full || this.paused || this.ended) return;
    // Nothing has happened so far: as of now.
    this.write(heartbeatText(isBeginning(this.position) ? beginning(Date.now()) : this.position));
  }

  /** Nobody can tell at the moment whether the reader may go on: it is sent nothing. */
  pauseDelivery(): void {
    this.paused = true;
    this.feed.leave(this);
  }

  resumeDelivery(): void {
    if (!this.paused) return;
    this.paused = false;
    void this.catchUp();
  }

  /** From here on, whatever came before: nobody can say what the reader has missed. */
  reset(): void {
    this.position = this.feed.position;
    this.proven = true;
    this.write(resetText(isBeginning(this.position) ? beginning(Date.now()) : this.position));
  }

  /** The last event, behind what the reader has not taken yet. */
  finish(reason: StreamEndReason): void {
    if (this.ended || this.destroyed) return;
    this.feed.leave(this);
    this.push(endText(reason));
    this.ended = true;
    this.push(null);
  }

  override _read(): void {
    if (!this.full) return;
    this.full = false;
    void this.catchUp();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.ended = true;
    this.feed.leave(this);
    callback(error);
  }

  /** Never rejects: while the database is away it tries again. */
  private async catchUp(): Promise<void> {
    if (this.catchingUp) return;
    this.catchingUp = true;
    while (this.isWilling && !(this.proven && this.feed.join(this, this.position))) {
      const read = await this.readPage().catch(() => false);
      if (!read && this.isWilling) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
    }
    this.catchingUp = false;
  }

  /** @returns whether that brought it any further */
  private async readPage(): Promise<boolean> {
    const { events, anchor } = await this.feed.pageAfter(this.position);
    if (!this.isWilling) return false;
    if (anchor === 'unknown') return false;
    const wasProven = this.proven;
    this.proven = true;
    if (anchor === 'gone') this.reset();
    else this.deliver(events);
    return anchor === 'gone' || events.length > 0 || !wasProven;
  }

  private get isWilling(): boolean {
    return !this.full && !this.paused && !this.ended;
  }

  private deliver(events: readonly FeedEvent[]): void {
    // Its own page may have been newer than what the feed has.
    const news = events.filter(({ position }) => isBehind(position, this.position));
    const newest = news.at(-1);
    if (!newest) return;
    this.position = newest.position;
    this.write(news.filter(this.wants).map(eventText).join(''));
  }

  private write(text: string): void {
    if (text === '' || this.ended || this.push(text)) return;
    this.full = true;
    this.fullSinceMs = performance.now();
  }
}
