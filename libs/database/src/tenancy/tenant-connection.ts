import { EventEmitter } from 'node:events';
import type { QueryResult } from 'pg';
import type { Cluster } from '../cluster/cluster.js';
import { NOTHING_DONE } from './nothing-done.js';
import { ReadStatements } from './read-statements.js';
import { Prologue, type TransactionPlan } from './transaction-plan.js';
import { WriteTransaction } from './write-transaction.js';

const TRANSACTION_CONTROL = new Set(['START TRANSACTION', 'COMMIT', 'ROLLBACK']);

/** What TypeORM takes for a pg client. It goes to a server no sooner than with its first statement. */
export class TenantConnection extends EventEmitter {
  private way: ReadStatements | WriteTransaction | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly statementTimeoutMs: number,
  ) {
    super();
  }

  /** The server undid all of the transaction for the sake of others: it may be done again. */
  get mayBeRepeated(): boolean {
    return this.way instanceof WriteTransaction && this.way.mayBeRepeated;
  }

  /** Has to be said before the first statement. */
  prepare(plan: TransactionPlan): void {
    const prologue = new Prologue(plan, this.statementTimeoutMs);
    const { cluster } = this;
    this.way =
      plan.purpose === 'read'
        ? new ReadStatements(cluster, plan, prologue)
        : new WriteTransaction(cluster, plan, prologue);
  }

  async query(text: string, values: readonly unknown[] = []): Promise<QueryResult> {
    if (!this.way) throw new Error('a statement outside of Database.write and Database.read');
    if (this.way instanceof ReadStatements && TRANSACTION_CONTROL.has(text)) return NOTHING_DONE;
    return this.way.query(text, values);
  }

  async release(): Promise<void> {
    await this.way?.release();
  }
}
