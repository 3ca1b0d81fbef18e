import type { QueryResult } from 'pg';

/** The answer to what was not asked of any server. */
export const NOTHING_DONE: QueryResult = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] };
