import { performance } from 'node:perf_hooks';
import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import type { Balancer } from '../balancing/balancer.js';
import { createBalancer } from '../balancing/create-balancer.js';
import type { DatabaseConfig } from '../database.config.js';
import type { PoolView } from '../statistics/pool-view.js';
import { ClusterNode } from './cluster-node.js';
import type { Lease } from './lease.js';
import { NodeUnavailableError, unavailable } from './node-connections.js';
import type { Sighting } from './node-probe.js';
import { PrimaryElection } from './primary-election.js';
import { lsnBytes, PrimaryProgress } from './replication.js';
import { Statements } from './statements.js';

const CONNECT_TIMEOUT_MS = 3_000;

/** How long somebody waits, and what a read has to see. */
export interface Demand {
  /** Epoch milliseconds after which nobody waits any more. */
  readonly deadline?: number | undefined;
  /** A read that has to see all that was committed. */
  readonly fromPrimary?: boolean | undefined;
  /** A read that has to see what was committed up to this LSN. */
  readonly readAfter?: string | undefined;
}

/** All database nodes of the process behind one door: the only place that hands out connections. */
export class Cluster {
  readonly statements = new Statements();
  private readonly nodes: readonly ClusterNode[];
  private readonly balancer: Balancer;
  private readonly election = new PrimaryElection();
  private readonly progress = new PrimaryProgress();
  private readonly logger: Logger;
  private primary: ClusterNode | undefined;
  /** Which node took writes last, though it may be away now. */
  private lastPrimary: ClusterNode | undefined;
  private impostors = '';
  /** What the primary said when it was last looked at, and how far each replica was known to be then. */
  private primaryLook: Sighting | undefined;
  private readonly replayed = new Map<ClusterNode, number>();
  private readonly strays = new Set<ClusterNode>();

  constructor(
    private readonly config: DatabaseConfig,
    application: string,
    logger: Logger,
  ) {
    this.logger = logger;
    this.balancer = createBalancer(config.strategy, config.here);
    this.nodes = config.nodes.map(
      (node) =>
        new ClusterNode(node, {
          config,
          application,
          logger,
          onSight: () => this.review(node.id),
          isAlone: () => !this.nodes.some(({ id, answers }) => answers && id !== node.id),
        }),
    );
  }

  /** Looks at every node once. Nodes that are down are logged; they join when they come up. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  /**
   * A connection to the primary for one transaction; the caller releases it.
   * @throws Problem `service-unavailable` without a primary, `circuit-breaker-open` while it rests, `pool-exhausted` when all
   * connections are busy for too long
   */
  async acquireForWrite(demand: Demand): Promise<Lease> {
    const { primary } = this;
    const breaker = primary?.breaker.state ?? this.lastPrimary?.breaker.state;
    if (breaker === 'open') throw new Problem('circuit-breaker-open');
    if (!primary?.sighting) throw new Problem('service-unavailable', { cause: 'no node is the primary' });
    try {
      return await primary.connections.acquire('write', this.patienceMs(demand), CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof NodeUnavailableError)) throw error;
      throw unavailable(error);
    }
  }

  /**
   * The node that a read goes to: a replica that is well and fresh enough, by the strategy in force; else the primary; and
   * without a primary whichever replica answers, because reads go on.
   * @param avoid nodes that failed this very read
   * @throws Problem `service-unavailable` when none is left
   */
  nodeForRead({ fromPrimary, readAfter }: Demand, avoid?: ReadonlySet<ClusterNode>): ClusterNode {
    const primary = this.primary?.answers && !avoid?.has(this.primary) ? this.primary : undefined;
    if (fromPrimary && primary) return primary;
    const least = readAfter === undefined ? 0 : lsnBytes(readAfter);
    const well = this.nodes.filter((node) => !avoid?.has(node) && this.serves(node, least) && node.breaker.offers());
    if (well.length > 0) return this.balancer.pick(well);
    if (primary && primary.breaker.state !== 'open') return primary;
    // Never a primary that was superseded: what it tells was never true.
    const left = this.nodes.filter((node) => !avoid?.has(node) && node.sighting && isTrue(node));
    const answering = left.filter((node) => node.answers);
    // One that owes an answer is better than none.
    if (left.length > 0) return this.balancer.pick(answering.length > 0 ? answering : left);
    throw new Problem('service-unavailable', { cause: 'no node answers' });
  }

  /** Half of what is left of the deadline: the other half is for the work, and for saying no while someone listens. */
  patienceMs({ deadline }: Demand): number {
    if (deadline === undefined) return this.config.acquireTimeoutMs;
    return Math.min(this.config.acquireTimeoutMs, (deadline - Date.now()) / 2);
  }

  /** Asks every node how it is, within a second. */
  async look(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.check()));
  }

  async health(): Promise<{ primary: boolean; reads: boolean }> {
    await this.look();
    return { primary: this.primary?.answers === true, reads: this.nodes.some((node) => node.answers) };
  }

  view(): PoolView {
    const serves = (node: ClusterNode) => (node === this.primary ? node.answers : this.serves(node, 0));
    return { strategy: this.config.strategy, nodes: this.nodes.map((node) => node.view(serves(node))) };
  }

  /** Takes a node for well at once. @returns false when there is no such node */
  resetBreaker(id: string): boolean {
    const node = this.nodes.find((each) => each.id === id);
    node?.breaker.reset();
    return node !== undefined;
  }

  private serves(node: ClusterNode, leastLsn: number): boolean {
    const { sighting, lag } = node;
    if (!node.answers || sighting?.role !== 'standby' || sighting.lsn < leastLsn || this.strays.has(node)) return false;
    if (!this.primary) return true;
    return sighting.streaming && (lag === undefined || lag.ms <= this.config.maxReplicaLagMs);
  }

  /** Decides anew who the primary is and how far the others are behind. @param seen who was looked at */
  private review(seen: string): void {
    const claimants = this.nodes.flatMap((node) => {
      const { sighting } = node;
      return sighting?.role === 'primary'
        ? [{ id: node.id, timeline: sighting.timeline, configured: node.isConfiguredPrimary }]
        : [];
    });
    const verdict = this.election.decide(claimants);
    this.install(this.nodes.find(({ id }) => id === verdict.primary));
    const impostors = verdict.impostors.join(', ');
    if (impostors !== '' && impostors !== this.impostors)
      this.logger.error('a node takes writes and is not the primary: it was superseded', {
        node: impostors,
        primary: verdict.primary,
      });
    this.impostors = impostors;

    const now = performance.now();
    const lsn = this.primary?.sighting?.lsn;
    if (lsn !== undefined && this.primary?.id === seen) this.progress.note(now, lsn);
    if (this.primary?.id === seen) this.findStrays(this.primary.sighting);
    for (const node of this.nodes) node.lag = this.lagOf(node, now);
  }

  /**
   * A replica had more of the log, before the primary was asked, than the primary has now: what it replays is the
   * history of another one, that was superseded.
   */
  private findStrays(look: Sighting | undefined): void {
    // The primary may owe an answer: what it said before tells nothing new.
    if (!look || look === this.primaryLook) return;
    this.primaryLook = look;
    for (const node of this.nodes) {
      const astray = (this.replayed.get(node) ?? 0) > look.lsn;
      if (astray && !this.strays.has(node))
        this.logger.error('a replica is ahead of the primary: it follows another one', { node: node.id });
      if (astray) this.strays.add(node);
      else this.strays.delete(node);
      this.replayed.set(node, node.sighting?.role === 'standby' ? node.sighting.lsn : 0);
    }
  }

  private install(primary: ClusterNode | undefined): void {
    if (primary === this.primary) return;
    for (const node of this.nodes) node.isPrimary = node === primary;
    this.primary = primary;
    if (!primary || primary === this.lastPrimary) return;
    if (this.lastPrimary) this.logger.warn('database primary changed', { from: this.lastPrimary.id, to: primary.id });
    this.lastPrimary = primary;
    this.progress.forget();
  }

  private lagOf({ sighting }: ClusterNode, now: number) {
    return sighting?.role === 'standby' ? this.progress.lagOf(sighting.lsn, now) : undefined;
  }
}

function isTrue({ sighting, isPrimary }: ClusterNode): boolean {
  return isPrimary || sighting?.role === 'standby';
}
