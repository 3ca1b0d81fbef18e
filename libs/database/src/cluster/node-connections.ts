import { performance } from 'node:perf_hooks';
import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { DatabaseError, type QueryResult } from 'pg';
import type { DatabaseConfig } from '../database.config.js';
import type { NodeStatistics } from '../statistics/node-statistics.js';
import { ConnectionPool } from './connection-pool.js';
import { Lease, type Purpose } from './lease.js';
import type { Ending, NodeClient } from './node-client.js';
import type { NodeHealth } from './node-health.js';
import { SharedConnections } from './shared-connections.js';
import { Slots } from './slots.js';
import type { Statement } from './statements.js';
import type { Preface } from './tenant-query.js';
import { within } from './within.js';

/** How often connections are looked after. */
const TEND_INTERVAL_MS = 100;
/** A statement waits, and nothing else was answered either, for this long: perhaps the node hangs. */
const SILENCE_MS = 200;
/** Servers that hang do not take leave. */
const GOODBYE_MS = 1_000;
const TOO_MANY_CONNECTIONS = '53300';

/** The node cannot be used now: take another. */
export class NodeUnavailableError extends Error {
  override readonly name = 'NodeUnavailableError';
}

/** All connections that its server can give are taken, also by others: busy, not dead. */
export class NodeFullError extends NodeUnavailableError {}

/** What a caller is told when a node had no connection for him. */
export function unavailable(error: NodeUnavailableError): Problem {
  return new Problem(error instanceof NodeFullError ? 'pool-exhausted' : 'service-unavailable', { cause: error });
}

/** What goes ahead of a statement. Made when it leaves: the time that is left is what its server is given. */
export interface Ahead {
  /** @throws when there is none left */
  remainingMs(): number;
  preface(timeoutMs: number): Preface;
}

export interface NodeConnectionsOptions {
  readonly node: string;
  readonly config: DatabaseConfig;
  readonly create: () => NodeClient;
  readonly health: NodeHealth;
  readonly statistics: NodeStatistics;
  readonly logger: Logger;
}

/** The connections of this process to one node, never more than configured: lent to one user at a time, or shared by quick reads. */
export class NodeConnections {
  private readonly pool: ConnectionPool;
  private readonly shared: SharedConnections;
  private readonly slots: Slots;
  private readonly leases = new Set<Lease>();
  /** How reads are told that wait for a connection. */
  private readonly waitingReads = new Set<(reason: NodeUnavailableError) => void>();
  private timer: NodeJS.Timeout | undefined;
  /** How many of the node's connections are shared ones. */
  private sharing = 0;

  constructor(private readonly options: NodeConnectionsOptions) {
    const { config, create, health, statistics } = options;
    const { maxConnectionsPerNode: most, maxLifetimeMs } = config;
    const making = {
      maxLifetimeMs,
      create: () => create().once('lost', (reason: Error, busy: boolean) => health.lost(reason, busy)),
      onConnect: (ms: number, fault?: unknown) => {
        if (fault === undefined) return statistics.connected(ms);
        statistics.connectFailed();
        health.refused(fault);
      },
      onLost: () => health.suspect(),
    };
    this.slots = new Slots(most, config.maxWaitingPerNode);
    this.shared = new SharedConnections({
      ...making,
      count: config.sharedConnectionsPerNode,
      enter: async () => {
        // Before all who wait: they have nobody to wait for once quick reads share again.
        await this.slots.claim();
        this.sharing += 1;
        this.pool.trim();
      },
      leave: () => {
        this.sharing -= 1;
        this.slots.give();
      },
    });
    this.pool = new ConnectionPool({
      ...making,
      min: config.minConnectionsPerNode,
      max: () => most - this.sharing,
      enter: () => this.slots.tryTake(),
      leave: () => this.slots.give(),
      idleTimeoutMs: config.idleTimeoutMs,
    });
  }

  /** Leases and shared statements under way. */
  get inUse(): number {
    return this.leases.size + this.shared.inFlight;
  }

  counts(): { active: number; idle: number; waiting: number; max: number } {
    const sharing = Math.min(this.shared.size, this.shared.inFlight);
    return {
      active: this.leases.size + sharing,
      idle: this.pool.idle + this.shared.size - sharing,
      waiting: this.slots.queued,
      max: this.options.config.maxConnectionsPerNode,
    };
  }

  start(): void {
    this.timer = setInterval(() => this.tend(), TEND_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.refuseWaiting(new NodeUnavailableError(`node ${this.options.node} is being closed`));
    const clients = [...this.pool.clients(), ...this.shared.clients()];
    this.shared.close();
    this.pool.close();
    await within(GOODBYE_MS, Promise.all(clients.map((client) => client.ended))).catch(() => undefined);
    for (const client of clients) client.cut(new Error('the node is closed'));
  }

  /**
   * One statement as a transaction of its own: among others on a shared connection when it is known to be quick.
   * @param waitMs how long to queue for a connection
   * @param sharing whether it may
   * @throws NodeUnavailableError, ConnectionLostError when another node may be asked, OvertakenError when it may be asked
   * again here; else what the statement came to
   */
  async read(
    statement: Statement,
    values: readonly unknown[],
    ahead: Ahead,
    waitMs: number,
    connectMs: number,
    sharing: boolean,
  ): Promise<QueryResult> {
    const shared = sharing && statement.isQuick ? this.shared.pick() : undefined;
    if (shared) {
      const timeoutMs = ahead.remainingMs();
      return shared.ask(statement, values, [ahead.preface(timeoutMs)], timeoutMs, setImmediate, this.listener);
    }
    const lease = await this.unlessAbandoned(this.acquire('read', waitMs, connectMs));
    try {
      const timeoutMs = ahead.remainingMs();
      return await lease.query(statement, values, [ahead.preface(timeoutMs)], timeoutMs);
    } finally {
      lease.release();
    }
  }

  /**
   * A connection for one user alone, who gives it back.
   * @param waitMs how long to queue for it
   * @param connectMs how long a new connection may take to make
   * @throws NodeUnavailableError when none can be made here, NodeFullError when the server has none left to give; Problem
   * `pool-exhausted` when none came free
   */
  async acquire(purpose: Purpose, waitMs: number, connectMs: number): Promise<Lease> {
    const { node, statistics } = this.options;
    const waited = await this.takeSlot(waitMs);
    let client: NodeClient;
    try {
      client = await this.pool.take(connectMs);
    } catch (fault) {
      this.slots.give();
      statistics.acquireFailed('unavailable');
      const isFull = fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS;
      throw new (isFull ? NodeFullError : NodeUnavailableError)(`no connection to node ${node}`, { cause: fault });
    }
    statistics.acquired(waited);
    const lease = new Lease(node, purpose, client, this.listener, this.takeBack);
    this.leases.add(lease);
    return lease;
  }

  /** Reads fail now, to be done elsewhere: those under way, and those that wait for a connection. */
  cutReads(reason: Error): void {
    const refusal = new NodeUnavailableError(`node ${this.options.node} is silent`, { cause: reason });
    for (const refuse of this.waitingReads) refuse(refusal);
    this.waitingReads.clear();
    this.shared.cut(reason);
    for (const lease of this.leases) if (lease.purpose === 'read') lease.cut(reason);
  }

  cutWrites(reason: Error): void {
    for (const lease of this.leases) if (lease.purpose === 'write') lease.cut(reason);
  }

  /** Nobody in the queue will get a connection. */
  refuseWaiting(reason: NodeUnavailableError): void {
    this.slots.refuseAll(reason);
  }

  /** Connections end as soon as nobody uses them, and are made anew. */
  retire(): void {
    this.pool.retire();
    this.shared.retire();
  }

  private readonly listener = (ms: number, ending: Ending): void => {
    this.options.statistics.statement(ms, ending);
    if (ending !== 'lost') this.options.health.answered(ending !== 'timeout');
  };

  private readonly takeBack = (lease: Lease, client: NodeClient, reusable: boolean): void => {
    this.leases.delete(lease);
    this.pool.give(client, reusable);
    this.slots.give();
  };

  /** What a read waits for, until reads are cut; what comes of it later is given back. */
  private unlessAbandoned(acquiring: Promise<Lease>): Promise<Lease> {
    return new Promise((resolve, reject) => {
      this.waitingReads.add(reject);
      acquiring.then(
        (lease) => (this.waitingReads.delete(reject) ? resolve(lease) : lease.release()),
        (fault: Error) => {
          this.waitingReads.delete(reject);
          reject(fault);
        },
      );
    });
  }

  private async takeSlot(waitMs: number): Promise<number> {
    if (this.slots.tryTake()) return 0;
    const startedAt = performance.now();
    const full = this.slots.isQueueFull;
    try {
      await this.slots.take(waitMs);
    } catch (refusal) {
      const reason = !(refusal instanceof Problem) ? 'unavailable' : full ? 'full' : 'timeout';
      this.options.statistics.acquireFailed(reason);
      throw refusal;
    }
    return performance.now() - startedAt;
  }

  private tend(): void {
    const now = performance.now();
    for (const client of this.pool.clients()) client.watch(now);
    for (const client of this.shared.clients()) client.watch(now);
    const { health } = this.options;
    if (now - health.heardAt > SILENCE_MS && this.anyoneWaits(now)) void health.hurry();
    // A node on its way back is not met by all that it once had.
    this.pool.tend(health.reach === 'up' && health.breaker.state === 'closed');
    this.shared.tend();
    for (const lease of this.leases) this.reportLeak(lease, now);
  }

  private anyoneWaits(now: number): boolean {
    if (this.waitingReads.size > 0) return true;
    for (const client of this.shared.clients()) if (client.headMs(now) > SILENCE_MS) return true;
    for (const client of this.pool.clients()) if (client.headMs(now) > SILENCE_MS) return true;
    return false;
  }

  private reportLeak(lease: Lease, now: number): void {
    const { node, config, logger, statistics } = this.options;
    const leak = lease.overdue(config.leakAfterMs, now);
    if (!leak) return;
    statistics.leaked();
    logger.warn('a database connection is held for too long', { node, held_ms: leak.heldMs, taken_at: leak.takenAt });
  }
}
