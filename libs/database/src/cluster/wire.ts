import { Query, type QueryResult } from 'pg';
import utils from 'pg/lib/utils.js';

/** The part of pg's Connection that its types leave out: one message of PostgreSQL's protocol each. */
export interface Wire {
  parse(statement: { name: string; text: string }): void;
  bind(values: { statement: string; values: readonly unknown[] }): void;
  describe(portal: { type: 'P' }): void;
  execute(portal: Record<string, never>): void;
  sync(): void;
  /** The simple protocol: all statements of a text, without parameters. */
  query(text: string): void;
  /** Statements that the server has parsed, and those whose Parse is under way, by name. */
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
}

export type Answer = (error: Error | null, result: QueryResult) => void;

/** How rows are read: what pg made of the server's description of them. */
export interface RowShape {
  fields: unknown;
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}

/** What pg's Query is to its client, which its types leave out. */
interface WireQuery {
  /** pg keeps its lists of parsed statements by it. */
  name: string | undefined;
  text: string;
  readonly _result: RowShape;
  /** pg takes rows only once they were described. */
  _accumulateRows: boolean;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, wire: Wire): void;
  submit(wire: Wire): null;
}

/** Given a text: a config would be copied, property by property, each time. */
export const WireQuery = Query as unknown as new (text: string, callback: Answer) => WireQuery;

/** A value as the server takes it. @throws what cannot be a value, such as an object that holds itself */
export const wireValue = (value: unknown): unknown => utils.prepareValue(value);
