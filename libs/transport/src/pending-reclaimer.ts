import type { Logger } from '@techze/observability';
import { aliveAmong, connectedNames, consumersOf, type Consumer } from './consumer-census.js';
import { joinGroup } from './consumer-loop.js';
import { REMOVE_IF_EMPTY, TRIM_DONE } from './group-scripts.js';
import type { RedisConnection } from './redis-connection.js';
import { entryOf, type RawEntry, type StreamEntry, type StreamGroup } from './stream-entry.js';
import { stallGraceMs } from './timings.js';

const PAGE = 100;
const MAX_PAGES = 20;
const TRIM_EVERY_MS = 1_000;

/** An entry in somebody's pending list. */
interface PendingEntry {
  readonly id: string;
  readonly idleMs: number;
  readonly deliveries: number;
}

/** How one stream's entries are recovered. */
export interface ReclaimRules {
  aliveKeyOf(consumer: string): string;
  /** Whether this process has the entry in its hands. */
  holds(id: string): boolean;
  /** Idle time after which an entry of our own that we do not hold is taken again. */
  retryAfterMs(deliveries: number): number;
  /** Idle time after which any entry is taken, whoever has it; undefined: never. */
  readonly abandonedAfterMs: number | undefined;
  /** Whether this process has room for more. */
  hasRoom(): boolean;
}

/**
 * Finds entries whose consumer died, entries of our own that never arrived (a connection broke) or whose turn has come
 * again, and claims them. Also removes dead consumers and trims what is done.
 */
export class PendingReclaimer {
  /** Since when a consumer has no `alive` key. */
  private readonly missingSince = new Map<string, number>();
  private trimmedAt = 0;

  constructor(
    private readonly connection: RedisConnection,
    private readonly stream: StreamGroup,
    private readonly rules: ReclaimRules,
    private readonly accept: (entry: StreamEntry) => void,
    private readonly logger: Logger,
  ) {}

  async sweep(): Promise<void> {
    const consumers = await consumersOf(this.connection, this.stream.key, this.stream.group);
    const peers = consumers.filter(({ name }) => name !== this.stream.consumer);
    await this.adoptOwn(consumers.find(({ name }) => name === this.stream.consumer));
    for (const peer of await this.deadAmong(peers)) await this.bury(peer);
    if (this.rules.abandonedAfterMs !== undefined) await this.adoptAbandoned(consumers, this.rules.abandonedAfterMs);
    await this.trim();
  }

  /** A consumer is dead when its key is gone and so are its connections, or when it has stalled for too long. */
  private async deadAmong(peers: readonly Consumer[]): Promise<Consumer[]> {
    const names = peers.map(({ name }) => name);
    const alive = await aliveAmong(this.connection, names, (name) => this.rules.aliveKeyOf(name));
    const now = Date.now();
    for (const name of [...this.missingSince.keys()])
      if (alive.has(name) || !names.includes(name)) this.missingSince.delete(name);
    const missing = peers.filter(({ name }) => !alive.has(name));
    if (missing.length === 0) return [];
    const connected = (await connectedNames(this.connection)) ?? new Set();
    return missing.filter(({ name }) => {
      const since = this.missingSince.get(name) ?? now;
      this.missingSince.set(name, since);
      return !connected.has(name) || now - since >= stallGraceMs;
    });
  }

  private async bury(peer: Consumer): Promise<void> {
    if (peer.pending > 0) {
      const entries = await this.pendingOf(peer.name);
      await this.claim(entries.slice(0, this.rules.hasRoom() ? PAGE : 0), peer.name);
    }
    await this.connection.send(['EVAL', REMOVE_IF_EMPTY, '1', this.stream.key, this.stream.group, peer.name]);
  }

  private async adoptOwn(own: Consumer | undefined): Promise<void> {
    // Peers took us for dead and removed us.
    if (!own) return joinGroup(this.connection, this.stream);
    if (own.pending === 0 || !this.rules.hasRoom()) return;
    const entries = await this.pendingOf(own.name);
    await this.claim(
      entries.filter(
        ({ id, idleMs, deliveries }) => !this.rules.holds(id) && idleMs >= this.rules.retryAfterMs(deliveries),
      ),
      own.name,
    );
  }

  private async adoptAbandoned(consumers: readonly Consumer[], idleMs: number): Promise<void> {
    for (const { name, pending } of consumers) {
      if (pending === 0 || name === this.stream.consumer) continue;
      await this.claim(
        (await this.pendingOf(name)).filter((entry) => entry.idleMs >= idleMs),
        name,
      );
    }
  }

  private async pendingOf(consumer: string): Promise<PendingEntry[]> {
    const { key, group } = this.stream;
    const entries: PendingEntry[] = [];
    for (let page = 0, start = '-'; page < MAX_PAGES; page += 1) {
      const rows = await this.connection.send<readonly (readonly [string, string, number, number])[]>([
        'XPENDING',
        key,
        group,
        start,
        '+',
        String(PAGE),
        consumer,
      ]);
      for (const [id, , idleMs, deliveries] of rows) entries.push({ id, idleMs, deliveries });
      const last = entries.at(-1);
      if (rows.length < PAGE || !last) break;
      start = `(${last.id}`;
    }
    return entries;
  }

  /** Entry by entry and only if it idled as long as we saw: of several claimers one wins. */
  private async claim(entries: readonly PendingEntry[], from: string): Promise<void> {
    if (entries.length === 0) return;
    const { key, group, consumer } = this.stream;
    const outcomes = await this.connection.pipeline(
      entries.map(({ id, idleMs }) => ['XCLAIM', key, group, consumer, String(Math.max(1, idleMs)), id]),
    );
    let claimed = 0;
    for (const [index, outcome] of outcomes.entries()) {
      const pending = entries[index];
      const entry = outcome.status === 'fulfilled' ? (outcome.value as readonly RawEntry[])[0] : undefined;
      if (!pending || !entry?.[1] || this.rules.holds(entry[0])) continue;
      claimed += 1;
      // Delivered once, to us, and never in our hands: nobody has begun it.
      const begun = from !== consumer || pending.deliveries > 1;
      this.accept(entryOf(entry[0], entry[1], pending.deliveries + 1, begun));
    }
    if (claimed > 0) this.logger.warn('took over pending entries', { stream: key, from, entries: claimed });
  }

  /** Drops what every consumer has done with; never what is unread or pending. */
  private async trim(): Promise<void> {
    const now = Date.now();
    if (now - this.trimmedAt < TRIM_EVERY_MS) return;
    this.trimmedAt = now;
    const { key, group } = this.stream;
    await this.connection.send(['EVAL', TRIM_DONE, '1', key, group]);
  }
}
