import type { QueryResult } from 'pg';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { Cluster } from '../cluster/cluster.js';
import { ConnectionLostError, OvertakenError, QUERY_CANCELED, StalePlanError } from '../cluster/node-client.js';
import { NodeUnavailableError } from '../cluster/node-connections.js';
import { codeOf, gaveWay, named } from './server-faults.js';
import type { Prologue, TransactionPlan } from './transaction-plan.js';

/** How often one statement is asked again; each time something must have happened that is none of its own doing. */
const MOST_REPEATS = 4;
/** A read that another node could serve does not wait longer than this for a connection to be made. */
const IMPATIENT_CONNECT_MS = 1_000;
/** Cancelled this much before its time-out it was somebody else who did it. */
const EARLY_MS = 5;

/**
 * Statements of one read, each a READ ONLY transaction of its own: no BEGIN, no COMMIT, no connection in between. They
 * stay on one node, and go on elsewhere when that is lost: nothing but reading was done, so nothing can be done twice.
 */
export class ReadStatements {
  private node: ClusterNode | undefined;
  private readonly failed = new Set<ClusterNode>();

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: TransactionPlan,
    private readonly prologue: Prologue,
  ) {}

  async query(text: string, values: readonly unknown[]): Promise<QueryResult> {
    const statement = this.cluster.statements.of(text);
    for (let repeats = 0; ; repeats += 1) {
      const timeoutMs = this.prologue.remainingMs();
      const node = (this.node ??= this.choose() ?? (await this.chooseAgain()));
      const startedAt = performance.now();
      try {
        const waitMs = this.cluster.patienceMs(this.plan);
        const sharing = repeats === 0;
        return await node.connections.read(statement, values, this.prologue, waitMs, IMPATIENT_CONNECT_MS, sharing);
      } catch (error) {
        const early = performance.now() - startedAt < timeoutMs - EARLY_MS;
        if (repeats === MOST_REPEATS || !this.mayRepeat(error, node, early)) throw named(error, 'read');
      }
    }
  }

  release(): void {
    // Nothing is held between statements.
  }

  private choose(): ClusterNode | undefined {
    try {
      return this.cluster.nodeForRead(this.plan, this.failed);
    } catch {
      return undefined; // Said by chooseAgain, if it is still so.
    }
  }

  /** A backend that was ended is not a node that is gone, and a node may be back that nobody has asked since. */
  private async chooseAgain(): Promise<ClusterNode> {
    this.failed.clear();
    await this.cluster.look();
    return this.cluster.nodeForRead(this.plan);
  }

  private mayRepeat(error: unknown, node: ClusterNode, early: boolean): boolean {
    const elsewhere = error instanceof NodeUnavailableError || error instanceof ConnectionLostError || gaveWay(error);
    // Cancelled by an operator, or by a signal that was meant for the statement before it.
    const cancelled = codeOf(error) === QUERY_CANCELED && early;
    const here = error instanceof StalePlanError || error instanceof OvertakenError || cancelled;
    if (!elsewhere && !here) return false;
    node.statistics.retried();
    if (elsewhere) {
      node.statistics.failedOver();
      this.failed.add(node);
      // Another statement of this read may have moved on already.
      if (this.node === node) this.node = undefined;
    }
    return true;
  }
}
