import { performance } from 'node:perf_hooks';
import type { NodeClient } from './node-client.js';
import { within } from './within.js';

/** Nobody is made to wait behind a statement that has run for this long. */
const PATIENCE_MS = 10;
/** Who waits behind one that has run for this long is asked again elsewhere. */
const OVERTAKE_MS = 250;
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
  /** Each is one of the node's connections: resolves when there is room for one more. */
  readonly enter: () => Promise<void>;
  /** One of them is no more. */
  readonly leave: () => void;
}

/** A few connections to one node on which quick statements of many requests follow each other without waiting. */
export class SharedConnections {
  private readonly open: { readonly client: NodeClient; readonly endsAt: number }[] = [];
  /** Made and not ended: also those that are not open yet, and those that end once all on them is answered. */
  private readonly alive = new Set<NodeClient>();
  private adding = false;
  private opening: NodeClient | undefined;
  private notBefore = 0;
  private closed = false;

  constructor(private readonly options: SharedConnectionsOptions) {}

  get size(): number {
    return this.alive.size;
  }

  get inFlight(): number {
    let sum = 0;
    for (const client of this.alive) sum += client.inFlight;
    return sum;
  }

  /** All of them: who waits on one that is on its way out waits for its server too. */
  clients(): IterableIterator<NodeClient> {
    return this.alive.keys();
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

  /** Ends what has lived for too long, and lets nobody wait for long behind another. */
  tend(): void {
    const now = performance.now();
    for (const { client, endsAt } of [...this.open]) {
      if (now >= endsAt) this.part(client);
      // When this process itself was held up the answer may lie in the socket: looked at again once that was read.
      else if (isStuck(client)) setImmediate(() => this.leaveBehind(client));
    }
  }

  /** Ends each of them as soon as the statements under way on it are answered. New ones are made when needed. */
  retire(): void {
    for (const { client } of [...this.open]) this.part(client);
  }

  /** Ends them at once: what is under way on them fails. One that is not open yet has a limit of its own. */
  cut(reason: Error): void {
    for (const client of this.alive) if (client !== this.opening) client.cut(reason);
  }

  close(): void {
    this.closed = true;
    this.retire();
  }

  private async add(): Promise<void> {
    if (this.adding || this.closed || performance.now() < this.notBefore) return;
    this.adding = true;
    try {
      await this.options.enter();
      await this.make();
    } catch {
      this.notBefore = performance.now() + RETRY_MS; // refused; or told to onConnect
    } finally {
      this.adding = false;
    }
  }

  private async make(): Promise<void> {
    const startedAt = performance.now();
    let client: NodeClient | undefined;
    try {
      client = this.options.create();
      this.opening = client;
      this.follow(client);
      await within(CONNECT_LIMIT_MS, client.open());
      this.options.onConnect(performance.now() - startedAt);
      if (this.closed) return void client.end();
      this.open.push({ client, endsAt: startedAt + this.options.maxLifetimeMs * (1 - Math.random() / 10) });
    } catch (fault) {
      if (client) client.cut(fault instanceof Error ? fault : new Error('no connection', { cause: fault }));
      else this.options.leave();
      this.options.onConnect(performance.now() - startedAt, fault);
      throw fault;
    } finally {
      this.opening = undefined;
    }
  }

  private follow(client: NodeClient): void {
    this.alive.add(client);
    client.once('end', () => {
      this.alive.delete(client);
      this.options.leave();
      if (this.remove(client)) this.options.onLost();
    });
  }

  private part(client: NodeClient): void {
    if (!this.remove(client)) return;
    // pg sends its goodbye once all is answered.
    if (client.fault) client.cut(client.fault);
    else client.end().catch(() => undefined);
  }

  private leaveBehind(client: NodeClient): void {
    if (isStuck(client) && this.remove(client)) client.overtake();
  }

  /** @returns whether it was one of them */
  private remove(client: NodeClient): boolean {
    const place = this.open.findIndex((member) => member.client === client);
    if (place >= 0) this.open.splice(place, 1);
    return place >= 0;
  }
}

function isStuck(client: NodeClient): boolean {
  return client.inFlight > 1 && client.headMs() > OVERTAKE_MS;
}
