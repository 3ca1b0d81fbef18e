import { WireQuery, type Answer, type Wire } from './wire.js';

/** A statement that every connection knows by its name from its first moment on. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/**
 * Role, claims, longest time and whether it may write: all of it local to the transaction, so nothing is left on the
 * connection when that ends, however it ends. Without it the login may do nothing.
 */
export const PROLOGUE: Prepared = {
  name: 'tz_prologue',
  text: `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
    set_config('statement_timeout', $3, true),
    set_config('transaction_read_only', coalesce($4, current_setting('transaction_read_only')), true)`,
};

/** The longest time of what follows in a transaction that has begun. */
export const TIME_LIMIT: Prepared = {
  name: 'tz_time_limit',
  text: `select set_config('statement_timeout', $1, true)`,
};

export const BEGIN: Prepared = { name: 'tz_begin', text: 'START TRANSACTION' };

/** Teaches a new connection what the statements on it lean on. */
export class PrepareStatements extends WireQuery {
  constructor(
    private readonly statements: readonly Prepared[],
    callback: Answer,
  ) {
    super('', callback);
  }

  override submit(wire: Wire): null {
    for (const statement of this.statements) wire.parse(statement);
    wire.sync();
    return null;
  }
}
