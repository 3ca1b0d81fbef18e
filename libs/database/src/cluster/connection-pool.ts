import { performance } from 'node:perf_hooks';
import type { NodeClient } from './node-client.js';
import { NoAnswerError, within } from './within.js';

/** A connection that rested this long is asked before it is lent: the way to its server may have ended unseen. */
const CHECK_AFTER_MS = 5_000;
const CHECK_LIMIT_MS = 1_000;
/** Lifetimes are shorter by up to this share, so that connections made together do not end together. */
const LIFETIME_JITTER = 0.1;

export interface ConnectionPoolOptions {
  /** Kept open even when idle. */
  readonly min: number;
  /** How many there may be now. */
  readonly max: () => number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
  /** Whether there is room for a connection that nobody asked for; whoever takes one has made sure himself. */
  readonly enter: () => boolean;
  /** It is made, or is not going to be. */
  readonly leave: () => void;
  /** A connection that is not open yet. */
  readonly create: () => NodeClient;
  /** A connection was made, or could not be. */
  readonly onConnect: (ms: number, fault?: unknown) => void;
  /** A connection was lost while nobody used it. */
  readonly onLost: () => void;
}

interface Member {
  readonly endsAt: number;
  /** Resting since then; undefined while it is lent. */
  restingSince: number | undefined;
}

/** The connections to one node that one user at a time has for himself. Who may take one, and when, is not decided here. */
export class ConnectionPool {
  private readonly members = new Map<NodeClient, Member>();
  /** The last to come is the first to go, so that what is not needed grows old. */
  private readonly resting: NodeClient[] = [];
  private filling = false;
  private closed = false;

  constructor(private readonly options: ConnectionPoolOptions) {}

  get idle(): number {
    return this.resting.length;
  }

  /** Of all connections, also those that are lent. */
  clients(): IterableIterator<NodeClient> {
    return this.members.keys();
  }

  /** A connection that works, resting or new. @throws why none could be made within `connectMs` */
  async take(connectMs: number): Promise<NodeClient> {
    for (let client = this.resting.pop(); client; client = this.resting.pop()) {
      const member = this.members.get(client);
      if (!member || client.fault) continue;
      const restedMs = performance.now() - (member.restingSince ?? 0);
      member.restingSince = undefined;
      if (restedMs < CHECK_AFTER_MS || (await this.answers(client))) return client;
    }
    return this.make(connectMs);
  }

  /** Takes a connection back; one that is lost, old or not `reusable` is closed. */
  give(client: NodeClient, reusable: boolean): void {
    const member = this.members.get(client);
    if (!member) return;
    const now = performance.now();
    if (!reusable || client.fault || this.closed || now >= member.endsAt) return this.part(client);
    member.restingSince = now;
    this.resting.push(client);
  }

  /** What is made from here on is made anew: connections end as soon as nobody uses them. */
  retire(): void {
    for (const client of this.resting.splice(0)) this.part(client);
    for (const [client, member] of this.members) this.members.set(client, { ...member, endsAt: 0 });
  }

  /** Ends what has rested or lived too long, and makes what is short of the minimum, one at a time. */
  tend(mayConnect: boolean): void {
    const now = performance.now();
    for (const client of [...this.resting]) {
      const member = this.members.get(client);
      const restedMs = now - (member?.restingSince ?? now);
      const needless = restedMs > this.options.idleTimeoutMs && this.members.size > this.options.min;
      if (!member || client.fault || needless || now >= member.endsAt) this.withdraw(client);
    }
    const { min, max } = this.options;
    if (mayConnect && !this.filling && !this.closed && this.members.size < Math.min(min, max())) void this.fill();
  }

  /** Makes room where there may be fewer than there are. */
  trim(): void {
    while (this.members.size > this.options.max() && this.resting[0]) this.withdraw(this.resting[0]);
  }

  /** Takes leave of idle connections now and of lent ones when they come back. */
  close(): void {
    this.closed = true;
    for (const client of [...this.resting]) this.withdraw(client);
  }

  /** One that nobody waits for; whoever needs one meanwhile makes his own. */
  private async fill(): Promise<void> {
    if (!this.options.enter()) return;
    this.filling = true;
    try {
      this.give(await this.make(CHECK_LIMIT_MS * 3), true);
    } catch {
      // Told to onConnect; the next turn tries again.
    } finally {
      this.filling = false;
      this.options.leave();
    }
  }

  private async make(connectMs: number): Promise<NodeClient> {
    const { create, onConnect } = this.options;
    const startedAt = performance.now();
    let client: NodeClient | undefined;
    try {
      if (this.closed) throw new Error('the node is closed');
      client = create();
      this.admit(client, startedAt);
      await within(connectMs, client.open());
    } catch (fault) {
      if (client) this.dismiss(client, fault);
      onConnect(performance.now() - startedAt, fault);
      throw fault;
    }
    onConnect(performance.now() - startedAt);
    return client;
  }

  /** Counted from now on: connections under way are connections. */
  private admit(client: NodeClient, now: number): void {
    const endsAt = now + this.options.maxLifetimeMs * (1 - Math.random() * LIFETIME_JITTER);
    this.members.set(client, { endsAt, restingSince: undefined });
    client.once('end', () => {
      const lost = this.members.get(client)?.restingSince !== undefined;
      this.forget(client);
      if (lost) this.options.onLost();
    });
  }

  private dismiss(client: NodeClient, fault: unknown): void {
    client.cut(fault instanceof Error ? fault : new Error('no connection', { cause: fault }));
    this.forget(client);
  }

  private async answers(client: NodeClient): Promise<boolean> {
    try {
      await within(CHECK_LIMIT_MS, client.query('select'));
      return true;
    } catch (fault) {
      this.dismiss(client, fault);
      // The others have rested for longer: each would be waited for in vain.
      if (fault instanceof NoAnswerError) for (const other of [...this.resting]) this.dismiss(other, fault);
      this.options.onLost();
      return false;
    }
  }

  private withdraw(client: NodeClient): void {
    const place = this.resting.indexOf(client);
    if (place >= 0) this.resting.splice(place, 1);
    this.part(client);
  }

  /** In good order, without waiting for it; what does not take leave is cut by whoever owns the node. */
  private part(client: NodeClient): void {
    this.forget(client);
    if (client.fault) client.cut(client.fault);
    else client.end().catch(() => undefined);
  }

  private forget(client: NodeClient): void {
    this.members.delete(client);
    const place = this.resting.indexOf(client);
    if (place >= 0) this.resting.splice(place, 1);
  }
}
