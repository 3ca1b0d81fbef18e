import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { DatabaseError, type ClientConfig, type QueryResult } from 'pg';
import type { Candidate } from '../balancing/balancer.js';
import { Breaker } from '../breaker/breaker.js';
import type { DatabaseConfig, DatabaseNode } from '../database.config.js';
import { NodeStatistics } from '../statistics/node-statistics.js';
import type { NodeView } from '../statistics/pool-view.js';
import { ConnectionPool } from './connection-pool.js';
import { Lease, type Purpose } from './lease.js';
import { NodeClient, type Ending } from './node-client.js';
import { NodeProbe, type Sighting } from './node-probe.js';
import type { Lag } from './replication.js';
import { SharedConnections } from './shared-connections.js';
import { Slots } from './slots.js';
import type { Statement } from './statements.js';
import type { Preface } from './tenant-query.js';
import { NoAnswerError, within } from './within.js';

const FAULTS_TO_OPEN = 5;
const CONNECT_TIMEOUT_MS = 3_000;
const PROBE_INTERVAL_MS = 500;
/** How often connections are looked after. */
const TEND_INTERVAL_MS = 250;
/** Servers that hang do not take leave. */
const GOODBYE_MS = 1_000;
/** A transaction that does nothing for this long holds locks for nobody. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** The server has no connection left to give: busy, not dead. */
const TOO_MANY_CONNECTIONS = '53300';

/** The node cannot be used now: take another. */
export class NodeUnavailableError extends Error {
  override readonly name = 'NodeUnavailableError';
}

/** Connections end for this reason when the node owes an answer: that it does was counted already. */
class SilentNodeError extends NoAnswerError {}

/**
 * Whether a node can be reached, as the last probes found: `up`; `silent` when it owes one answer, so that reads go
 * elsewhere and writes wait for the next; `down` when it refused, or owes two.
 */
type Reach = 'up' | 'silent' | 'down';

export interface NodeSurroundings {
  readonly config: DatabaseConfig;
  /** What the server's operator sees in pg_stat_activity. */
  readonly application: string;
  readonly logger: Logger;
  /** The node was looked at, or was found gone. */
  readonly onSight: () => void;
}

/** One server of the cluster: its connections, and whether it can be used. */
export class ClusterNode implements Candidate {
  readonly id: string;
  readonly weight: number;
  readonly region: string | undefined;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  readonly statistics: NodeStatistics;
  readonly breaker: Breaker;
  /** How far it is behind the primary; undefined when that is unknown. Kept by the cluster. */
  lag: Lag | undefined;
  /** It takes the writes. Kept by the cluster. */
  isPrimary = false;
  private reach: Reach = 'down';
  private sighted: Sighting | undefined;
  private lastError: string | null = null;
  private readonly pool: ConnectionPool;
  private readonly shared: SharedConnections;
  private readonly probe: NodeProbe;
  private readonly slots: Slots;
  private readonly leases = new Set<Lease>();
  private checking: Promise<void> | undefined;
  private probing: NodeJS.Timeout | undefined;
  private tending: NodeJS.Timeout | undefined;
  private silentProbes = 0;
  private probeFailedLast = false;
  private stopped = false;

  constructor(
    private readonly node: DatabaseNode,
    private readonly surroundings: NodeSurroundings,
  ) {
    const { config, application, logger } = surroundings;
    this.id = node.id;
    this.weight = node.weight;
    this.region = node.region;
    this.lat = node.lat;
    this.lon = node.lon;
    this.statistics = new NodeStatistics(node.id);
    this.breaker = new Breaker(
      { failures: FAULTS_TO_OPEN, openMs: config.breakerOpenMs, rampStepMs: config.breakerRampStepMs },
      undefined,
      (state) => logger.warn('circuit breaker changed', { node: node.id, state }),
    );
    const client = clientConfig(node, config, application);
    const making = {
      maxLifetimeMs: config.maxLifetimeMs,
      create: () => new NodeClient(client).once('lost', (reason, busy) => this.connectionLost(reason, busy)),
      onConnect: (ms: number, fault?: unknown) => this.connected(ms, fault),
      onLost: () => this.suspect(),
    };
    const { minConnectionsPerNode, maxConnectionsPerNode, sharedConnectionsPerNode, idleTimeoutMs } = config;
    this.slots = new Slots(maxConnectionsPerNode, config.maxWaitingPerNode);
    this.shared = new SharedConnections({
      ...making,
      count: sharedConnectionsPerNode,
      enter: () => {
        if (!this.slots.tryTake()) return false;
        this.pool.trim();
        return true;
      },
      leave: () => this.slots.give(),
    });
    this.pool = new ConnectionPool({
      ...making,
      min: minConnectionsPerNode,
      max: () => maxConnectionsPerNode - this.shared.size,
      idleTimeoutMs,
    });
    this.probe = new NodeProbe(() => new NodeClient(client));
  }

  /** What it said of itself when it last answered; undefined while it is away. */
  get sighting(): Sighting | undefined {
    return this.reach === 'down' ? undefined : this.sighted;
  }

  /** It answers: reads may go here. */
  get answers(): boolean {
    return this.reach === 'up';
  }

  get isConfiguredPrimary(): boolean {
    return this.node.is_primary;
  }

  /** Leases and shared statements under way. */
  get inUse(): number {
    return this.leases.size + this.shared.inFlight;
  }

  /** Looks at the node once, patiently: a machine that starts many processes is slow. Then again and again until stopped. */
  async start(): Promise<void> {
    await this.look(CONNECT_TIMEOUT_MS);
    this.scheduleProbe();
    this.tending = setInterval(() => this.tend(), TEND_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.probing);
    clearInterval(this.tending);
    this.slots.refuseAll(new NodeUnavailableError(`node ${this.id} is being closed`));
    this.probe.stop();
    const clients = [...this.pool.clients(), ...this.shared.clients()];
    this.shared.close();
    this.pool.close();
    await within(GOODBYE_MS, Promise.all(clients.map((client) => client.ended))).catch(() => undefined);
    for (const client of clients) client.cut(new Error('the node is closed'));
  }

  /** Asks the node how it is, or joins the question under way. Resolves within a second. */
  check(): Promise<void> {
    this.checking ??= this.look().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /**
   * One statement as a transaction of its own: among others on a shared connection when it is known to be quick.
   * @param waitMs how long to queue for a connection
   * @throws NodeUnavailableError, ConnectionLostError when another node may be asked; else what the statement came to
   */
  async read(
    statement: Statement,
    values: readonly unknown[],
    preface: readonly Preface[],
    timeoutMs: number,
    waitMs: number,
    connectMs?: number,
  ): Promise<QueryResult> {
    const shared = statement.isQuick ? this.shared.pick() : undefined;
    if (shared) return shared.ask(statement, values, preface, timeoutMs, setImmediate, this.listener);
    const lease = await this.acquire('read', waitMs, connectMs);
    try {
      return await lease.query(statement, values, preface, timeoutMs);
    } finally {
      lease.release();
    }
  }

  /**
   * A connection of this node for one user alone, who gives it back.
   * @param waitMs how long to queue for it
   * @param connectMs how long a new connection may take to make
   * @throws NodeUnavailableError when none can be made here; Problem `pool-exhausted` when none came free
   */
  async acquire(purpose: Purpose, waitMs: number, connectMs = CONNECT_TIMEOUT_MS): Promise<Lease> {
    const waited = await this.takeSlot(waitMs);
    let client: NodeClient;
    try {
      client = await this.pool.take(connectMs);
    } catch (fault) {
      this.slots.give();
      this.statistics.acquireFailed('unavailable');
      if (fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS)
        throw new Problem('pool-exhausted', { cause: fault });
      throw new NodeUnavailableError(`no connection to node ${this.id}`, { cause: fault });
    }
    this.statistics.acquired(waited);
    const lease = new Lease(this.id, purpose, client, this.listener, this.takeBack);
    this.leases.add(lease);
    return lease;
  }

  view(): NodeView {
    const { isPrimary, lag, breaker, weight } = this;
    const serves = this.reach === 'up';
    return {
      id: this.id,
      host: this.node.host,
      port: this.node.port,
      is_primary: isPrimary,
      configured_primary: this.node.is_primary,
      reachable: this.reach !== 'down',
      last_error: this.lastError,
      breaker: breaker.state,
      weight,
      weight_now: serves ? weight * breaker.share : 0,
      active: this.leases.size + Math.min(this.shared.size, this.shared.inFlight),
      idle: this.pool.idle + Math.max(0, this.shared.size - this.shared.inFlight),
      waiting: this.slots.queued,
      max: this.surroundings.config.maxConnectionsPerNode,
      lag_bytes: isPrimary ? null : (lag?.bytes ?? null),
      lag_ms: isPrimary ? null : (lag?.ms ?? null),
      ...this.statistics.view(),
    };
  }

  private readonly listener = (ms: number, ending: Ending): void => {
    this.statistics.statement(ms, ending);
    if (ending === 'lost') return;
    // Also an error is an answer.
    this.probeFailedLast = false;
    this.breaker.succeeded();
  };

  private readonly takeBack = (lease: Lease, client: NodeClient, reusable: boolean): void => {
    this.leases.delete(lease);
    this.pool.give(client, reusable);
    this.slots.give();
  };

  private async takeSlot(waitMs: number): Promise<number> {
    if (this.slots.tryTake()) return 0;
    const startedAt = performance.now();
    try {
      await this.slots.take(waitMs);
    } catch (refusal) {
      const waited = refusal instanceof Problem && performance.now() - startedAt >= waitMs;
      this.statistics.acquireFailed(waited ? 'timeout' : refusal instanceof Problem ? 'full' : 'unavailable');
      throw refusal;
    }
    return performance.now() - startedAt;
  }

  private async look(limitMs?: number): Promise<void> {
    try {
      this.seen(await this.probe.ask(limitMs));
    } catch (fault) {
      // Full is an answer: connections that are there go on working.
      if (fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS) return;
      this.unseen(fault);
    }
    if (!this.stopped) this.surroundings.onSight();
  }

  private seen(sighting: Sighting): void {
    this.silentProbes = 0;
    this.sighted = sighting;
    const { breaker } = this;
    // There is no other place for writes: a primary that answers does not have to wait out its rest.
    if (sighting.role === 'primary') breaker.recover();
    if (this.probeFailedLast || breaker.state === 'half_open') breaker.succeeded();
    if (this.reach === 'down' && !this.stopped) this.surroundings.logger.info('database node is up', { node: this.id });
    this.reach = 'up';
  }

  private unseen(fault: unknown): void {
    if (this.stopped) return;
    this.probeFailedLast = true;
    this.breaker.failed();
    if (!(fault instanceof NoAnswerError)) return this.fall(fault);
    this.silentProbes += 1;
    const silent = this.silentProbes === 1 && this.reach !== 'down';
    if (silent) this.reach = 'silent';
    else this.fall(fault);
    // Reads under way are done elsewhere; writes wait for one probe more.
    const reason = new SilentNodeError(fault.waitedMs);
    for (const client of this.shared.clients()) client.cut(reason);
    for (const lease of this.leases) if (lease.purpose === 'read' || !silent) lease.cut(reason);
  }

  private fall(fault: unknown): void {
    this.lastError = reasonOf(fault);
    if (this.reach === 'down' || this.stopped) return;
    this.reach = 'down';
    this.slots.refuseAll(new NodeUnavailableError(`node ${this.id} is down`, { cause: fault }));
    this.surroundings.logger.warn('database node is down', { node: this.id, reason: this.lastError });
  }

  private connected(ms: number, fault?: unknown): void {
    if (fault === undefined) return this.statistics.connected(ms);
    if (this.stopped) return;
    this.statistics.connectFailed();
    if (fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS) return;
    this.failed(fault);
    if (fault instanceof NoAnswerError) this.suspect();
    else {
      this.fall(fault);
      this.surroundings.onSight();
    }
  }

  /** @param busy statements were under way on it */
  private connectionLost(reason: Error, busy: boolean): void {
    if (this.stopped || reason instanceof SilentNodeError) return;
    if (busy) this.failed(reason);
    this.suspect();
  }

  private failed(fault: unknown): void {
    this.lastError = reasonOf(fault);
    this.probeFailedLast = false;
    this.breaker.failed();
  }

  /** Something went wrong with a connection: find out now what is the matter instead of at the next turn. */
  private suspect(): void {
    if (!this.stopped) void this.check();
  }

  private scheduleProbe(): void {
    if (this.stopped) return;
    this.probing = setTimeout(() => void this.check().finally(() => this.scheduleProbe()), PROBE_INTERVAL_MS).unref();
  }

  private tend(): void {
    const now = performance.now();
    for (const client of this.pool.clients()) client.watch(now);
    for (const client of this.shared.clients()) client.watch(now);
    // A node on its way back is not met by all that it once had.
    this.pool.tend(this.reach === 'up' && this.breaker.state === 'closed');
    this.shared.tend();
    for (const lease of this.leases) this.reportLeak(lease, now);
  }

  private reportLeak(lease: Lease, now: number): void {
    const leak = lease.overdue(this.surroundings.config.leakAfterMs, now);
    if (!leak) return;
    this.statistics.leaked();
    this.surroundings.logger.warn('a database connection is held for too long', {
      node: this.id,
      held_ms: leak.heldMs,
      taken_at: leak.takenAt,
    });
  }
}

function clientConfig(node: DatabaseNode, config: DatabaseConfig, application: string): ClientConfig {
  const { password_file: file, password } = node;
  return {
    host: node.host,
    port: node.port,
    database: node.database,
    user: node.user,
    password: file === undefined ? password : async () => (await readFile(file, 'utf8')).trim(),
    application_name: application,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Statements that do not depend on each other's answers share one round trip.
    pipeline: true,
    statement_timeout: config.statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
}

/** A code or a message, whichever says it shorter; neither holds credentials. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown';
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.message;
}
