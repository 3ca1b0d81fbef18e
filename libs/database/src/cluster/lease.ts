import { dbErrorsTotal, dbQueryDuration } from '@techze/observability';
import { DatabaseError, type QueryResult } from 'pg';
import { NoAnswerError, within } from './within.js';
import type { PooledClient } from './node-client.js';

/** What a lease is for: reads may be cut short and done elsewhere, writes may not. */
export type Purpose = 'read' | 'write';

/** The server enforces the time-out; a server that hangs cannot, so ours follows this much later. */
const HANG_GRACE_MS = 1000;

/** One connection of one node in the hands of one transaction. */
export class Lease {
  constructor(
    readonly node: string,
    readonly purpose: Purpose,
    private readonly client: PooledClient,
    private readonly returned: (lease: Lease, reusable: boolean) => void,
  ) {}

  /** Why the connection is lost; nothing more can be done with it. */
  get fault(): Error | undefined {
    return this.client.fault;
  }

  /**
   * Sends one statement; several may be sent without waiting and are answered in order.
   * @param timeoutMs the time that the server was given for it
   */
  async query(text: string, values: unknown[] | undefined, timeoutMs: number): Promise<QueryResult> {
    const stop = dbQueryDuration.startTimer({ node: this.node });
    try {
      return await within(timeoutMs + HANG_GRACE_MS, this.client.query(text, values));
    } catch (error) {
      dbErrorsTotal.inc({ node: this.node });
      if (error instanceof NoAnswerError) this.cut(error);
      else if (error instanceof DatabaseError && (error.severity === 'FATAL' || error.severity === 'PANIC'))
        this.client.lose(error);
      throw error;
    } finally {
      stop();
    }
  }

  /** Ends the connection at once: whatever is under way on it fails. */
  cut(reason: Error): void {
    this.client.cut(reason);
  }

  /** Gives the connection back. One that is still inside a transaction is closed rather than lent again. */
  release(): void {
    const reusable = this.fault === undefined && this.client.getTransactionStatus() === 'I';
    this.client.release(!reusable);
    this.returned(this, reusable);
  }
}
