import { performance } from 'node:perf_hooks';
import type { NodeClient } from './node-client.js';
import { within } from './within.js';

/** Nobody is made to wait behind a statement that has run for this long. */
const PATIENCE_MS = 10;
/** Statements under way on one connection; beyond it the next has a connection of its own, or waits for one. */
const MOST_IN_FLIGHT = 128;
const CONNECT_LIMIT_MS = 3_000;
const RETRY_MS = 500;

export interface SharedConnectionsOptions {
  readonly count: number;
  readonly maxLifetimeMs: number;
  readonly create: () => NodeClient;
  readonly onConnect: (ms: number, fault?: unknown) => void;
  readonly onLost: () => void;
  /** Each is one of the node's connections: whether there is room for one more. */
  readonly enter: () => boolean;
  /** One of them is no more. */
  readonly leave: () => void;
}

/** A few connections to one node on which quick statements of many requests follow each other without waiting. */
export class SharedConnections {
  private readonly open: { readonly client: NodeClient; readonly endsAt: number }[] = [];
  /** Made and not ended, also those that are not open yet. */
  private alive = 0;
  private opening = false;
  private notBefore = 0;
  private closed = false;

  constructor(private readonly options: SharedConnectionsOptions) {}

  get size(): number {
    return this.alive;
  }

  get inFlight(): number {
    let sum = 0;
    for (const { client } of this.open) sum += client.inFlight;
    return sum;
  }

  clients(): readonly NodeClient[] {
    return this.open.map(({ client }) => client);
  }

  /** The connection on which the fewest are ahead; undefined when on each of them one would wait for too long. */
  pick(): NodeClient | undefined {
    const now = performance.now();
    let best: NodeClient | undefined;
    for (const { client } of this.open)
      if (!client.fault && client.inFlight < MOST_IN_FLIGHT && client.headMs(now) < PATIENCE_MS)
        if (!best || client.inFlight < best.inFlight) best = client;
    if (this.open.length < this.options.count) void this.add();
    return best;
  }

  /** Ends what has lived for too long. */
  tend(): void {
    const now = performance.now();
    for (const member of [...this.open]) if (now >= member.endsAt) this.part(member.client);
  }

  /** Ends each of them as soon as the statements under way on it are answered. New ones are made when needed. */
  retire(): void {
    for (const client of this.clients()) this.part(client);
  }

  close(): void {
    this.closed = true;
    this.retire();
  }

  private async add(): Promise<void> {
    if (this.opening || this.closed || performance.now() < this.notBefore) return;
    this.alive += 1;
    if (!this.options.enter()) return void (this.alive -= 1);
    this.opening = true;
    const startedAt = performance.now();
    let client: NodeClient | undefined;
    try {
      client = this.options.create();
      this.follow(client);
      await within(CONNECT_LIMIT_MS, client.open());
      this.options.onConnect(performance.now() - startedAt);
      if (this.closed) return void client.end();
      this.open.push({ client, endsAt: startedAt + this.options.maxLifetimeMs * (1 - Math.random() / 10) });
    } catch (fault) {
      if (client) client.cut(fault instanceof Error ? fault : new Error('no connection', { cause: fault }));
      else this.left();
      this.notBefore = performance.now() + RETRY_MS;
      this.options.onConnect(performance.now() - startedAt, fault);
    } finally {
      this.opening = false;
    }
  }

  private follow(client: NodeClient): void {
    client.once('end', () => {
      this.left();
      if (this.remove(client)) this.options.onLost();
    });
  }

  private left(): void {
    this.alive -= 1;
    this.options.leave();
  }

  private part(client: NodeClient): void {
    if (!this.remove(client)) return;
    // pg sends its goodbye once all is answered.
    if (client.fault) client.cut(client.fault);
    else client.end().catch(() => undefined);
  }

  /** @returns whether it was one of them */
  private remove(client: NodeClient): boolean {
    const place = this.open.findIndex((member) => member.client === client);
    if (place >= 0) this.open.splice(place, 1);
    return place >= 0;
  }
}
