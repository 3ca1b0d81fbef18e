import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import type { DatabaseConfig } from '../database.config.js';
import { ClusterNode, NodeUnavailableError } from './cluster-node.js';
import type { Lease, Purpose } from './lease.js';

/** A read that another node could serve does not wait longer than this for a connection to be made. */
const IMPATIENT_CONNECT_MS = 1000;

/** What a connection is wanted for. */
export interface Demand {
  readonly purpose: Purpose;
  /** Epoch milliseconds after which nobody waits any more. */
  readonly deadline?: number | undefined;
  /** A read that has to see what was just written. */
  readonly fromPrimary?: boolean | undefined;
  /** The node that failed a moment ago: last choice. */
  readonly avoid?: string | undefined;
}

/**
 * All database nodes of the process behind one door: the only place that hands out connections.
 * Writes go to the primary; reads to the replicas in turn, else to the primary.
 */
export class Cluster {
  private readonly nodes: readonly ClusterNode[];
  private readonly primary: ClusterNode;
  private readonly replicas: readonly ClusterNode[];
  private turn = 0;

  constructor(
    private readonly config: DatabaseConfig,
    application: string,
    logger: Logger,
  ) {
    this.nodes = config.nodes.map((node) => new ClusterNode(node, config, application, logger));
    const primary = this.nodes.find((node) => node.isPrimary);
    if (!primary) throw new Error('the configuration names no primary');
    this.primary = primary;
    this.replicas = this.nodes.filter((node) => node !== primary);
  }

  /** Looks at every node once. Nodes that are down are logged; they join when they come up. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  /**
   * A connection for one transaction; the caller releases it.
   * @throws Problem `service-unavailable` when no node can serve the demand, `pool-exhausted` when all are busy for too long
   */
  async acquire(demand: Demand): Promise<Lease> {
    let fault: unknown;
    const candidates = this.candidates(demand);
    for (const [index, node] of candidates.entries()) {
      const impatient = index < candidates.length - 1;
      try {
        return await node.acquire(
          demand.purpose,
          this.patienceMs(demand),
          impatient ? IMPATIENT_CONNECT_MS : undefined,
        );
      } catch (error) {
        if (!(error instanceof NodeUnavailableError)) throw error;
        fault = error;
      }
    }
    throw new Problem('service-unavailable', { cause: fault ?? new NodeUnavailableError('no node is up') });
  }

  /** Asks every node; within a second. */
  async health(): Promise<{ primary: boolean; reads: boolean }> {
    const answers = await Promise.all(this.nodes.map((node) => node.check()));
    return { primary: this.primary.writable, reads: answers.includes(true) };
  }

  /** Nodes to try, best first. */
  private candidates({ purpose, fromPrimary, avoid }: Demand): readonly ClusterNode[] {
    if (purpose === 'write') return this.primary.writable ? [this.primary] : [];
    this.turn = (this.turn + 1) % Math.max(1, this.replicas.length);
    const replicas = [...this.replicas.slice(this.turn), ...this.replicas.slice(0, this.turn)];
    // A read goes on without the primary, even one that would rather have seen its own write.
    const all = fromPrimary ? [this.primary, ...replicas] : [...replicas, this.primary];
    // Nodes believed to be down come last: one may be back that nobody has asked since, and it costs nobody anything else.
    const known = [...all.filter((node) => node.usable), ...all.filter((node) => !node.usable)];
    return [...known.filter((node) => node.id !== avoid), ...known.filter((node) => node.id === avoid)];
  }

  /** Half of what is left of the deadline: the other half is for the work, and for saying no while someone listens. */
  private patienceMs({ deadline }: Demand): number {
    if (deadline === undefined) return this.config.acquireTimeoutMs;
    return Math.min(this.config.acquireTimeoutMs, (deadline - Date.now()) / 2);
  }
}
