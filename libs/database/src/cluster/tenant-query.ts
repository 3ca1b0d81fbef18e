import { WireQuery, type Answer, type RowShape, type Wire } from './wire.js';
import type { Prepared } from './prepared.js';
import type { Statement } from './statements.js';

/** A prepared statement that goes ahead of another in the same transaction. Its rows are nobody's. */
export interface Preface {
  readonly statement: Prepared;
  readonly values: readonly (string | null)[];
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
    /** As the server takes them. */
    private readonly values: readonly unknown[],
    /** Of the statements prepared on the connection, by name. It never changes there: the server would refuse. */
    private readonly shapes: Map<string, RowShape>,
    callback: Answer,
  ) {
    super(statement.text, callback);
    this.ahead = preface.length;
  }

  override submit(wire: Wire): null {
    const { values } = this;
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
    if (!this.takeShape(name)) wire.describe({ type: 'P' });
    wire.execute({});
    wire.sync();
    return null;
  }

  override handleDataRow(message: unknown): void {
    if (this.ahead === 0) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.ahead > 0) {
      this.ahead -= 1;
      return;
    }
    super.handleCommandComplete(message, wire);
    if (this.name !== undefined && !this.shapes.has(this.name)) this.shapes.set(this.name, shapeOf(this._result));
  }

  /** @returns whether the rows are known without being described again */
  private takeShape(name: string): boolean {
    const shape = this.shapes.get(name);
    if (!shape) return false;
    Object.assign(this._result, shape);
    this._accumulateRows = true;
    return true;
  }
}

/** Without the rows themselves. */
function shapeOf({ fields, _parsers, _prebuiltEmptyResultObject }: RowShape): RowShape {
  return { fields, _parsers, _prebuiltEmptyResultObject };
}
