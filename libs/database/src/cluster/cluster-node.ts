import { readFile } from 'node:fs/promises';
import type { Logger } from '@techze/observability';
import type { ClientConfig } from 'pg';
import type { Candidate } from '../balancing/balancer.js';
import type { Breaker } from '../breaker/breaker.js';
import type { DatabaseConfig, DatabaseNode } from '../database.config.js';
import { NodeStatistics } from '../statistics/node-statistics.js';
import type { NodeView } from '../statistics/pool-view.js';
import { AddressWatch } from './address-watch.js';
import { NodeClient } from './node-client.js';
import { NodeConnections, NodeUnavailableError } from './node-connections.js';
import { NodeHealth, SilentNodeError } from './node-health.js';
import { NodeProbe, type Sighting } from './node-probe.js';
import type { Lag } from './replication.js';
import { tlsOf } from './tls.js';

const CONNECT_TIMEOUT_MS = 3_000;
/** How often a node's name is looked up. */
const ADDRESS_INTERVAL_MS = 30_000;
/** A transaction that does nothing for this long holds locks for nobody. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000;

export interface ClusterNodeOptions {
  readonly config: DatabaseConfig;
  /** What the server's operator sees in pg_stat_activity. */
  readonly application: string;
  readonly logger: Logger;
  /** The node was looked at, or was found gone. */
  readonly onSight: () => void;
  /** No other node answers. */
  readonly isAlone: () => boolean;
}

/** One server of the cluster: how it does, and the connections to it. */
export class ClusterNode implements Candidate {
  readonly id: string;
  readonly weight: number;
  readonly region: string | undefined;
  readonly lat: number | undefined;
  readonly lon: number | undefined;
  readonly statistics: NodeStatistics;
  readonly connections: NodeConnections;
  /** How far it is behind the primary; undefined when that is unknown. Kept by the cluster. */
  lag: Lag | undefined;
  /** It takes the writes. Kept by the cluster. */
  isPrimary = false;
  private readonly health: NodeHealth;
  private readonly address: AddressWatch;
  private watching: NodeJS.Timeout | undefined;

  constructor(
    private readonly node: DatabaseNode,
    { config, application, logger, onSight, isAlone }: ClusterNodeOptions,
  ) {
    this.id = node.id;
    this.weight = node.weight;
    this.region = node.region;
    this.lat = node.lat;
    this.lon = node.lon;
    const create = () => new NodeClient(clientConfig(node, config, application));
    const probe = new NodeProbe(create);
    const onUnwell = (reach: 'silent' | 'down', reason: Error) => {
      // There is nowhere else to go: who is being served may still be answered.
      if (reach === 'down' || !isAlone()) this.abandon(reach, reason);
    };
    this.statistics = new NodeStatistics(node.id);
    this.health = new NodeHealth({ node: node.id, probe, config, logger, onUnwell, onSight });
    const { statistics, health } = this;
    this.connections = new NodeConnections({ node: node.id, config, create, health, statistics, logger });
    this.address = new AddressWatch(node.host);
  }

  get breaker(): Breaker {
    return this.health.breaker;
  }

  get isConfiguredPrimary(): boolean {
    return this.node.is_primary;
  }

  /** What it said of itself when it last answered; undefined while it cannot be reached. */
  get sighting(): Sighting | undefined {
    return this.health.sighting;
  }

  /** It owes no answer: reads may go here. */
  get answers(): boolean {
    return this.health.reach === 'up';
  }

  get inUse(): number {
    return this.connections.inUse;
  }

  /** Looks at the node once, patiently: a machine that starts many processes is slow. Then again and again until stopped. */
  async start(): Promise<void> {
    await Promise.all([this.health.start(CONNECT_TIMEOUT_MS), this.address.moved()]);
    this.connections.start();
    this.watching = setInterval(() => void this.followName(), ADDRESS_INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.watching);
    this.health.stop();
    await this.connections.stop();
  }

  /** Asks the node how it is, or joins the question under way. Resolves within a second. */
  check(): Promise<void> {
    return this.health.check();
  }

  /** @param serves whether reads are sent here */
  view(serves: boolean): NodeView {
    const { isPrimary, lag, breaker, weight } = this;
    return {
      id: this.id,
      host: this.node.host,
      port: this.node.port,
      is_primary: isPrimary,
      configured_primary: this.isConfiguredPrimary,
      reachable: this.health.reach !== 'down',
      last_error: this.health.lastError,
      breaker: breaker.state,
      weight,
      weight_now: serves ? weight * breaker.share : 0,
      ...this.connections.counts(),
      lag_bytes: isPrimary ? null : (lag?.bytes ?? null),
      lag_ms: isPrimary ? null : (lag?.ms ?? null),
      ...this.statistics.view(),
    };
  }

  /** Reads under way on a node that hangs are done elsewhere; writes wait for one probe more. One that refuses ends them itself. */
  private abandon(reach: 'silent' | 'down', reason: Error): void {
    if (reason instanceof SilentNodeError) {
      this.connections.cutReads(reason);
      if (reach === 'down') this.connections.cutWrites(reason);
    }
    if (reach === 'down')
      this.connections.refuseWaiting(new NodeUnavailableError(`node ${this.id} is down`, { cause: reason }));
  }

  /** The node's name means another server now: connections to the old one are let go. */
  private async followName(): Promise<void> {
    if (!(await this.address.moved())) return;
    this.connections.retire();
    this.health.reconnect();
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
    ssl: tlsOf(node),
    // A log-in that somebody in between relays to the server fails, also where nobody checks certificates.
    enableChannelBinding: node.ssl !== 'disable',
    application_name: application,
    keepAlive: true,
    // Statements that do not depend on each other's answers share one round trip.
    pipeline: true,
    statement_timeout: config.statementTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
}
