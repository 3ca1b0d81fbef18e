import { readFile } from 'node:fs/promises';
import { Problem } from '@techze/contracts';
import { dbConnectionsActive, dbErrorsTotal, type Logger } from '@techze/observability';
import { DatabaseError, Pool, type ClientConfig } from 'pg';
import type { DatabaseConfig, DatabaseNode } from '../database.config.js';
import { Lease, type Purpose } from './lease.js';
import { NodeClient, type PooledClient } from './node-client.js';
import { NodeProbe } from './node-probe.js';
import { Slots } from './slots.js';
import { NoAnswerError, within } from './within.js';

const CONNECT_TIMEOUT_MS = 3000;
const PROBE_INTERVAL_MS = 500;
/** Servers that hang do not take leave. */
const GOODBYE_MS = 1000;
/** A transaction that does nothing for this long holds locks for nobody. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;
/** The server has no connection left to give: busy, not dead. */
const TOO_MANY_CONNECTIONS = '53300';

/** The node cannot be used now: take another. */
export class NodeUnavailableError extends Error {
  override readonly name = 'NodeUnavailableError';
}

/** One server of the cluster: its connections, and whether it can be used. */
export class ClusterNode {
  readonly id: string;
  readonly isPrimary: boolean;
  private readonly pool: Pool;
  private readonly probe: NodeProbe;
  private readonly slots: Slots;
  private readonly clients = new Set<PooledClient>();
  private readonly leases = new Set<Lease>();
  private checking: Promise<boolean> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private silentProbes = 0;
  /** Believed to be well until seen otherwise: the first use finds out. */
  private up = true;
  private standby = false;

  constructor(
    node: DatabaseNode,
    config: DatabaseConfig,
    application: string,
    private readonly logger: Logger,
  ) {
    this.id = node.id;
    this.isPrimary = node.is_primary;
    this.slots = new Slots(config.maxConnectionsPerNode);
    const client = clientConfig(node, config, application);
    this.probe = new NodeProbe(client);
    this.pool = new Pool({
      ...client,
      Client: NodeClient,
      max: config.maxConnectionsPerNode,
      idleTimeoutMillis: config.idleTimeoutMs,
      // Spread by up to a tenth, so that connections made together do not end together.
      maxLifetimeSeconds: (config.maxLifetimeMs * (1 - Math.random() / 10)) / 1000,
    });
    this.pool.on('connect', (made) => this.clients.add(made as PooledClient));
    this.pool.on('remove', (gone) => this.clients.delete(gone as PooledClient));
    // An idle connection died: perhaps the node did.
    this.pool.on('error', () => this.suspect());
  }

  get usable(): boolean {
    return this.up;
  }

  /** Only a node that does not replay another's changes takes writes. */
  get writable(): boolean {
    return this.up && this.isPrimary && !this.standby;
  }

  /** Looks at the node once, patiently: a machine that starts many processes is slow. Then again and again until stopped. */
  async start(): Promise<void> {
    await this.look(CONNECT_TIMEOUT_MS);
    this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.slots.refuseAll(new NodeUnavailableError(`node ${this.id} is being closed`));
    this.probe.stop();
    await this.pool.end();
    setTimeout(() => this.clients.forEach((client) => client.cut(new Error('the node is closed'))), GOODBYE_MS).unref();
  }

  /** Asks the node how it is, or joins the question under way. Resolves within a second, to whether it is usable. */
  check(): Promise<boolean> {
    this.checking ??= this.look().finally(() => (this.checking = undefined));
    return this.checking;
  }

  /**
   * A connection of this node.
   * @param waitMs how long to queue for it
   * @param connectMs how long a new connection may take to make
   * @throws NodeUnavailableError when none can be made here; Problem `pool-exhausted` when none came free
   */
  async acquire(purpose: Purpose, waitMs: number, connectMs: number = CONNECT_TIMEOUT_MS): Promise<Lease> {
    await this.slots.take(waitMs);
    const connecting = this.pool.connect() as Promise<PooledClient>;
    let client: PooledClient;
    try {
      client = await within(connectMs, connecting);
    } catch (fault) {
      // Whatever still comes of it goes to the pool, and only then is the slot free.
      void connecting
        .then((late) => late.release())
        .catch(() => undefined)
        .finally(() => this.slots.give());
      throw this.connectFault(fault);
    }
    const lease = new Lease(this.id, purpose, client, (returned, reusable) => {
      this.leases.delete(returned);
      dbConnectionsActive.dec({ node: this.id });
      this.slots.give();
      if (!reusable) this.suspect();
    });
    this.leases.add(lease);
    dbConnectionsActive.inc({ node: this.id });
    return lease;
  }

  private async look(limitMs?: number): Promise<boolean> {
    try {
      const { standby } = await this.probe.ask(limitMs);
      this.silentProbes = 0;
      this.standby = standby;
      this.rise();
    } catch (fault) {
      // Full is an answer: connections that are there go on working.
      if (fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS) return this.up;
      if (fault instanceof NoAnswerError) this.hang(fault);
      this.fall(fault);
    }
    return this.up;
  }

  private connectFault(fault: unknown): Error {
    dbErrorsTotal.inc({ node: this.id });
    if (fault instanceof DatabaseError && fault.code === TOO_MANY_CONNECTIONS)
      return new Problem('pool-exhausted', { cause: fault });
    if (fault instanceof NoAnswerError) this.suspect();
    else this.fall(fault);
    return new NodeUnavailableError(`no connection to node ${this.id}`, { cause: fault });
  }

  /** Something went wrong with a connection: find out now what is the matter instead of at the next turn. */
  private suspect(): void {
    if (!this.stopped) void this.check();
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.check().finally(() => this.schedule()), PROBE_INTERVAL_MS);
    this.timer.unref();
  }

  /** The node accepts but does not answer. Reads under way are done elsewhere; writes wait for one probe more. */
  private hang(fault: NoAnswerError): void {
    this.silentProbes += 1;
    for (const lease of this.leases) if (lease.purpose === 'read' || this.silentProbes > 1) lease.cut(fault);
  }

  private fall(fault: unknown): void {
    if (!this.up || this.stopped) return;
    this.up = false;
    this.slots.refuseAll(new NodeUnavailableError(`node ${this.id} is down`, { cause: fault }));
    this.logger.warn('database node is down', { node: this.id, reason: reasonOf(fault) });
  }

  private rise(): void {
    if (this.up || this.stopped) return;
    this.up = true;
    this.logger.info('database node is up', { node: this.id });
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
