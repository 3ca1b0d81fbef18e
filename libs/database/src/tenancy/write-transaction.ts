import { Problem } from '@techze/contracts';
import type { QueryResult } from 'pg';
import type { Cluster } from '../cluster/cluster.js';
import type { Lease } from '../cluster/lease.js';
import { StalePlanError } from '../cluster/node-client.js';
import { BEGIN } from '../cluster/prepared.js';
import type { Preface } from '../cluster/tenant-query.js';
import { NOTHING_DONE } from './nothing-done.js';
import { gaveWay, named } from './server-faults.js';
import type { Prologue, TransactionPlan } from './transaction-plan.js';

const BEGIN_FIRST: Preface = { statement: BEGIN, values: [] };
/** Flushed: a commit is, and what is not flushed yet no replica can replay. */
const POSITION = 'select pg_current_wal_flush_lsn()::text as lsn';
/** Behind everything: for a commit of which nobody can say where it is. */
const END_OF_LOG = 'FFFFFFFF/FFFFFFFF';

/**
 * One transaction on the primary, that is not there until its first statement. Then a connection is taken, and BEGIN, the
 * prologue and the statement leave in one round trip. A statement that somehow went without the prologue is refused by
 * the server: the login role has no right of its own.
 */
export class WriteTransaction {
  private opening: Promise<Lease> | undefined;
  private undoneForOthers = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: TransactionPlan,
    private readonly prologue: Prologue,
  ) {}

  /** The server undid all of it for a reason that is none of its own doing: it may be done again. */
  get mayBeRepeated(): boolean {
    return this.undoneForOthers;
  }

  async query(text: string, values: readonly unknown[]): Promise<QueryResult> {
    if (text === 'START TRANSACTION') return NOTHING_DONE;
    if (text === 'COMMIT') return this.commit();
    if (text === 'ROLLBACK') return this.rollback();
    this.prologue.remainingMs();
    const first = this.opening === undefined;
    const lease = await (this.opening ??= this.cluster.acquireForWrite(this.plan));
    try {
      const timeoutMs = this.prologue.remainingMs();
      const preface = first ? [BEGIN_FIRST, this.prologue.preface(timeoutMs)] : [];
      return await lease.query(this.cluster.statements.of(text), values, preface, timeoutMs);
    } catch (error) {
      this.undoneForOthers = gaveWay(error) || error instanceof StalePlanError;
      throw named(error, 'write');
    }
  }

  async release(): Promise<void> {
    const lease = await this.opening?.catch(() => undefined);
    lease?.release();
  }

  private async commit(): Promise<QueryResult> {
    if (!this.opening) return NOTHING_DONE;
    const lease = await this.opening;
    const timeoutMs = this.prologue.remainingMs();
    const ask = (text: string) => lease.query(this.cluster.statements.of(text), [], [], timeoutMs);
    const committed = ask('COMMIT');
    const position = this.plan.commits && this.positionOf(ask(POSITION));
    let result: QueryResult;
    try {
      result = await committed;
    } catch (error) {
      if (lease.fault) throw new Problem('outcome-unknown', { cause: error });
      this.undoneForOthers = gaveWay(error);
      throw named(error, 'write');
    }
    if (result.command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement in it had failed, and the failure was ignored');
    if (position) this.plan.commits?.advance(await position);
    return result;
  }

  private async positionOf(answer: Promise<QueryResult>): Promise<string> {
    try {
      const { rows } = (await answer) as QueryResult<{ lsn: string }>;
      return rows[0]?.lsn ?? END_OF_LOG;
    } catch {
      return END_OF_LOG; // What was committed stays so.
    }
  }

  private async rollback(): Promise<QueryResult> {
    const lease = await this.opening?.catch(() => undefined);
    if (!lease || lease.fault) return NOTHING_DONE;
    return lease.query(this.cluster.statements.of('ROLLBACK'), [], [], ROLLBACK_TIMEOUT_MS);
  }
}

const ROLLBACK_TIMEOUT_MS = 10_000;
