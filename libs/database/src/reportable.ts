import { Problem } from '@techze/contracts';
import { QueryFailedError } from 'typeorm';

/**
 * The error that leaves a transaction: a Problem out of TypeORM's wrapping, or the wrapping without the values that
 * the statement was given, which may be personal and would be logged.
 */
export function reportable(error: unknown): unknown {
  if (!(error instanceof QueryFailedError)) return error;
  if (error.driverError instanceof Problem) return error.driverError;
  Object.assign(error, { parameters: undefined, detail: undefined });
  Object.assign(error.driverError, { detail: undefined, where: undefined });
  return error;
}
