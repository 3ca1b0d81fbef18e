import { Problem, type ProblemCode } from '@techze/contracts';
import { QueryFailedError } from 'typeorm';

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * A parent that is not there, or a row that others still belong to, as the problem that it is. The database decides, so
 * nobody comes in between; another tenant's parent is none.
 */
export async function orForeignKeyProblem<T>(statement: Promise<T>, code: ProblemCode): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    const violated =
      error instanceof QueryFailedError && (error.driverError as { code?: string }).code === FOREIGN_KEY_VIOLATION;
    throw violated ? new Problem(code) : error;
  }
}
