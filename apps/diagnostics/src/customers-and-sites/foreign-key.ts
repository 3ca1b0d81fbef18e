import { Problem, type ProblemCode } from '@techze/contracts';
import { QueryFailedError } from 'typeorm';

/** PostgreSQL 18 tells ON DELETE RESTRICT apart (23001); before it was a foreign key violation like any other. */
const VIOLATIONS = ['23503', '23001'];

/**
 * A parent that is not there, or a row that others still belong to, as the problem that it is. The database decides, so
 * nobody comes in between; another tenant's parent is none.
 */
export async function orForeignKeyProblem<T>(statement: Promise<T>, code: ProblemCode): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    const state = error instanceof QueryFailedError ? (error.driverError as { code?: string }).code : undefined;
    throw VIOLATIONS.includes(state ?? '') ? new Problem(code) : error;
  }
}
