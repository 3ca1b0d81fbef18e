import { Problem } from '@techze/contracts';
import { END_OF_LOG } from '@techze/observability';
import type { QueryResult } from 'pg';
import type { Cluster } from '../cluster/cluster.js';
import type { Lease } from '../cluster/lease.js';
import { ConnectionLostError, StalePlanError } from '../cluster/node-client.js';
import { BEGIN, TIME_LIMIT } from '../cluster/prepared.js';
import type { Preface } from '../cluster/tenant-query.js';
import { NOTHING_DONE } from './nothing-done.js';
import { gaveWay, named } from './server-faults.js';
import type { Prologue, TransactionPlan } from './transaction-plan.js';

const BEGIN_FIRST: Preface = { statement: BEGIN, values: [] };
/** Flushed: a commit is, and what is not flushed yet no replica can replay. */
const POSITION = 'select pg_current_wal_flush_lsn()::text as lsn';

/**
 * Transactions on the primary, one after the other. None is there until its first statement: then a connection is taken,
 * and BEGIN, the prologue and the statement leave in one round trip. A statement outside of them is one of its own. One
 * that somehow went without the prologue is refused by the server: the login role has no right of its own.
 */
export class WriteTransaction {
  private begun = false;
  private opening: Promise<Lease> | undefined;
  private undoneForOthers = false;
  /** What the server was told to give a statement at most. */
  private allowedMs = 0;

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
    if (text === 'START TRANSACTION') return this.begin();
    if (text === 'COMMIT') return this.end(() => this.commit());
    if (text === 'ROLLBACK') return this.end(() => this.rollback());
    this.prologue.remainingMs();
    if (!this.begun) return this.alone(text, values);
    const first = this.opening === undefined;
    const lease = await (this.opening ??= this.cluster.acquireForWrite(this.plan));
    const timeoutMs = this.prologue.remainingMs();
    const ahead = first ? [BEGIN_FIRST, this.prologue.preface(timeoutMs)] : this.shorten(timeoutMs);
    if (first) this.allowedMs = timeoutMs;
    if (ahead.length === 0 || !this.cluster.statements.of(text).isScript)
      return this.ask(lease, text, values, ahead, timeoutMs);
    await this.ask(lease, 'select', [], ahead, timeoutMs);
    return this.ask(lease, text, values, [], timeoutMs);
  }

  async release(): Promise<void> {
    const lease = await this.opening?.catch(() => undefined);
    this.opening = undefined;
    lease?.release();
  }

  private begin(): QueryResult {
    this.begun = true;
    return NOTHING_DONE;
  }

  private async end(work: () => Promise<QueryResult>): Promise<QueryResult> {
    try {
      return await work();
    } finally {
      this.begun = false;
      await this.release();
    }
  }

  /** Much less is left than the server knows of: else it would go on, and keep its locks, after nobody waits any more. */
  private shorten(timeoutMs: number): readonly Preface[] {
    if (this.allowedMs - timeoutMs < WORTH_TELLING_MS) return [];
    this.allowedMs = timeoutMs;
    return [{ statement: TIME_LIMIT, values: [String(timeoutMs)] }];
  }

  private async alone(text: string, values: readonly unknown[]): Promise<QueryResult> {
    const lease = await this.cluster.acquireForWrite(this.plan);
    try {
      const timeoutMs = this.prologue.remainingMs();
      return await this.ask(lease, text, values, [this.prologue.preface(timeoutMs)], timeoutMs);
    } finally {
      lease.release();
    }
  }

  private async ask(
    lease: Lease,
    text: string,
    values: readonly unknown[],
    preface: readonly Preface[],
    timeoutMs: number,
  ): Promise<QueryResult> {
    try {
      return await lease.query(this.cluster.statements.of(text), values, preface, timeoutMs);
    } catch (error) {
      // What was sent behind it fails as well, and says no more than that.
      this.undoneForOthers ||= gaveWay(error) || error instanceof StalePlanError;
      throw named(error, 'write');
    }
  }

  private async commit(): Promise<QueryResult> {
    if (!this.opening) return NOTHING_DONE;
    // What the server undid so far was made up for, or COMMIT would not be asked: from here on nobody may repeat.
    this.undoneForOthers = false;
    const lease = await this.opening;
    // Lost before COMMIT was sent: none of it was done.
    if (lease.fault) throw named(new ConnectionLostError(lease.fault.message, { cause: lease.fault }), 'write');
    const timeoutMs = this.prologue.remainingMs();
    const ask = (text: string) => lease.query(this.cluster.statements.of(text), [], [], timeoutMs);
    const committed = ask('COMMIT');
    const position = this.plan.commits && this.positionOf(ask(POSITION));
    let result: QueryResult;
    try {
      result = await committed;
    } catch (error) {
      if (lease.fault) {
        this.plan.commits?.advance(END_OF_LOG);
        throw new Problem('outcome-unknown', { cause: error });
      }
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
/** By so much less that it is worth a few microseconds. */
const WORTH_TELLING_MS = 500;
