import { wireValue, WireQuery, type Answer, type Wire } from './wire.js';
import type { Prepared } from './prepared.js';
import type { Statement } from './statements.js';

/** A prepared statement that goes ahead of another in the same transaction. Its rows are nobody's. */
export interface Preface {
  readonly statement: Prepared;
  readonly values: readonly string[];
}

/**
 * One statement and what has to go ahead of it, with ONE Sync: outside of a transaction block the server makes one
 * transaction of them all, and an error in the preface skips the statement. A script is taken inside of a transaction only.
 */
export class TenantQuery extends WireQuery {
  /** Answers of the preface that are still to come. */
  private ahead: number;

  constructor(
    private readonly preface: readonly Preface[],
    private readonly statement: Statement,
    private readonly values: readonly unknown[],
    callback: Answer,
  ) {
    super({ text: statement.text, callback });
    this.ahead = preface.length;
  }

  override submit(wire: Wire): Error | null {
    let values: unknown[];
    try {
      // Before anything is sent: a statement that was sent by half would be answered by half.
      values = this.values.map((value) => wireValue(value));
    } catch (error) {
      return error instanceof Error ? error : new Error('a value that cannot be sent', { cause: error });
    }
    if (this.statement.isScript && values.length === 0 && this.preface.length === 0) {
      wire.query(this.text);
      return null;
    }
    for (const { statement, values: given } of this.preface) {
      wire.bind({ statement: statement.name, values: given });
      wire.execute({});
    }
    this.name = this.statement.nameOn(wire);
    const name = this.name ?? '';
    if (wire.parsedStatements[name] === undefined) {
      wire.parse({ name, text: this.text });
      if (name !== '') wire.submittedNamedStatements[name] = this.text;
    }
    wire.bind({ statement: name, values });
    wire.describe({ type: 'P' });
    wire.execute({});
    wire.sync();
    return null;
  }

  override handleDataRow(message: unknown): void {
    if (this.ahead === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.ahead === 0) super.handleCommandComplete(message, wire);
    else this.ahead -= 1;
  }
}
