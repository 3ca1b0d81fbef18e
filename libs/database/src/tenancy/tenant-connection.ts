import { EventEmitter } from 'node:events';
import { Problem } from '@techze/contracts';
import type { QueryResult } from 'pg';
import type { Cluster, Demand } from '../cluster/cluster.js';
import type { Lease } from '../cluster/lease.js';
import { NoAnswerError } from '../cluster/within.js';
import type { Claims } from './identity.js';

/** As whom, where and until when a transaction runs. */
export interface TransactionPlan extends Demand {
  /** The NOLOGIN role that holds the grants, `svc_…`. */
  readonly role: string;
  readonly claims: Claims;
}

/** All of it is local to the transaction: nothing is left on the connection when it ends, however it ends. */
const PROLOGUE = `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), set_config('statement_timeout', $3, true)`;
const QUERY_CANCELED = '57014';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** What passes by itself: deadlocks and conflicts (40), lost connections (08), no room (53), shutdown (57P), I/O (58). */
const PASSING = /^(40|08|53|57P|58)/;
/** The node takes no writes any more: it was demoted. In a read it is the statement's own fault. */
const READ_ONLY = '25006';
const NOTHING_DONE: QueryResult = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };

/**
 * What TypeORM takes for a pg client: a transaction that is not there until its first statement.
 * Then a connection is taken, and BEGIN, the prologue and the statement leave in one round trip. A statement that
 * somehow went without the prologue is refused by the server: the login role has no right of its own.
 */
export class TenantConnection extends EventEmitter {
  private plan: TransactionPlan | undefined;
  private opening: Promise<Lease> | undefined;
  private prologue: Promise<unknown> | undefined;
  private lost: string | undefined;
  private yielded = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly statementTimeoutMs: number,
  ) {
    super();
  }

  /** The node that was lost in the middle of this transaction, if one was. */
  get lostNode(): string | undefined {
    return this.lost;
  }

  /** The server undid all of this transaction to let another one pass: it may be done again. */
  get gaveWay(): boolean {
    return this.yielded;
  }

  /** Has to be said before the first statement. */
  prepare(plan: TransactionPlan): void {
    this.plan = plan;
  }

  async query(text: string, values?: unknown[]): Promise<QueryResult> {
    if (text === 'START TRANSACTION') return NOTHING_DONE;
    if (text === 'COMMIT') return this.commit();
    if (text === 'ROLLBACK') return this.rollback();
    const lease = await (this.opening ??= this.open());
    try {
      return await lease.query(text, values, this.remainingMs());
    } catch (error) {
      // A prologue that was refused is why the statement was refused.
      const cause = await this.prologue?.then(
        () => error,
        (refusal: unknown) => refusal,
      );
      throw this.named(cause, lease);
    }
  }

  async release(): Promise<void> {
    const lease = await this.opening?.catch(() => undefined);
    lease?.release();
  }

  private async open(): Promise<Lease> {
    if (!this.plan) throw new Error('a statement outside of Database.write and Database.read');
    const { role, claims, purpose } = this.plan;
    this.remainingMs();
    const lease = await this.cluster.acquire(this.plan);
    const timeoutMs = this.remainingMs();
    this.prologue = Promise.all([
      lease.query(purpose === 'read' ? 'START TRANSACTION READ ONLY' : 'START TRANSACTION', undefined, timeoutMs),
      lease.query(PROLOGUE, [role, claims === null ? '' : JSON.stringify(claims), String(timeoutMs)], timeoutMs),
    ]);
    // Looked at when a statement fails: without the prologue none succeeds.
    this.prologue.catch(() => undefined);
    return lease;
  }

  private async commit(): Promise<QueryResult> {
    if (!this.opening) return NOTHING_DONE;
    const lease = await this.opening;
    let result: QueryResult;
    try {
      result = await lease.query('COMMIT', undefined, this.remainingMs());
    } catch (error) {
      if (lease.fault && lease.purpose === 'write') throw new Problem('outcome-unknown', { cause: error });
      throw this.named(error, lease);
    }
    if (result.command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement in it had failed, and the failure was ignored');
    return result;
  }

  private async rollback(): Promise<QueryResult> {
    const lease = await this.opening?.catch(() => undefined);
    if (!lease || lease.fault) return NOTHING_DONE;
    return lease.query('ROLLBACK', undefined, this.statementTimeoutMs);
  }

  /** @throws Problem `deadline-exceeded` when nobody waits any more */
  private remainingMs(): number {
    const deadline = this.plan?.deadline;
    if (deadline === undefined) return this.statementTimeoutMs;
    const leftMs = deadline - Date.now();
    if (leftMs < 1) throw new Problem('deadline-exceeded');
    return Math.min(this.statementTimeoutMs, Math.ceil(leftMs));
  }

  /** Faults of the connection and time-outs by their Problem; errors of the statement itself as they are. */
  private named(error: unknown, lease: Lease): unknown {
    if (lease.fault) {
      this.lost = lease.node;
      return new Problem(error instanceof NoAnswerError ? 'deadline-exceeded' : 'service-unavailable', {
        cause: error,
      });
    }
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (code === QUERY_CANCELED) return new Problem('deadline-exceeded', { cause: error });
    if (!PASSING.test(code) && !(code === READ_ONLY && lease.purpose === 'write')) return error;
    // A replica that had to choose its primary's changes over this read: another node will do.
    if (code === SERIALIZATION_FAILURE) this.lost = lease.node;
    this.yielded = code === SERIALIZATION_FAILURE || code === DEADLOCK;
    return new Problem('service-unavailable', { cause: error });
  }
}
