import { performance } from 'node:perf_hooks';
import type { QueryResult } from 'pg';
import type { Listener, NodeClient } from './node-client.js';
import type { Statement } from './statements.js';
import type { Preface } from './tenant-query.js';

/** What a lease is for: reads may be cut short and done elsewhere, writes may not. */
export type Purpose = 'read' | 'write';

/** After the work of this very moment: a transaction waits for its answer before it goes on. */
const soon = (leave: () => void) => process.nextTick(leave);

/** One connection of one node in the hands of one user. */
export class Lease {
  private readonly takenAt = performance.now();
  /** Where a transaction was begun; turned into text only when somebody wants to read it. */
  private readonly origin: { stack?: string } | undefined;
  private reported = false;
  private isReturned = false;

  constructor(
    readonly node: string,
    readonly purpose: Purpose,
    private readonly client: NodeClient,
    private readonly listener: Listener,
    private readonly returned: (lease: Lease, client: NodeClient, reusable: boolean) => void,
  ) {
    if (purpose === 'read') return;
    this.origin = {};
    Error.captureStackTrace(this.origin, Lease);
  }

  /** Why the connection is lost; nothing more can be done with it. */
  get fault(): Error | undefined {
    return this.client.fault;
  }

  /**
   * Sends one statement; several may be sent without waiting and are answered in order.
   * @param timeoutMs the time that the server was given for it
   */
  query(
    statement: Statement,
    values: readonly unknown[],
    preface: readonly Preface[],
    timeoutMs: number,
  ): Promise<QueryResult> {
    if (this.isReturned) return Promise.reject(new Error('a statement on a connection that was given back'));
    return this.client.ask(statement, values, preface, timeoutMs, soon, this.listener);
  }

  /** Where it was taken, once, if it was taken more than `ms` ago and was not given back. */
  overdue(ms: number, now: number): { heldMs: number; takenAt: string } | undefined {
    const heldMs = now - this.takenAt;
    if (this.reported || heldMs < ms) return undefined;
    this.reported = true;
    return { heldMs: Math.round(heldMs), takenAt: this.origin?.stack ?? 'a read' };
  }

  /** Ends the connection at once: whatever is under way on it fails. */
  cut(reason: Error): void {
    this.client.cut(reason);
  }

  /** Gives the connection back. One that is still inside a transaction, or may come to be, is closed rather than lent again. */
  release(): void {
    if (this.isReturned) return;
    this.isReturned = true;
    const { fault, client } = this;
    this.returned(this, client, fault === undefined && client.inFlight === 0 && client.getTransactionStatus() === 'I');
  }
}
