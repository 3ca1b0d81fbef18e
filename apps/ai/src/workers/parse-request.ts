import { AI_ROWS_MAX, Problem, toFaults } from '@techze/contracts';
import type { z } from 'zod';

/** @throws Problem `validation-failed` with a pointer for each fault */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new Problem('validation-failed', { errors: toFaults(parsed.error.issues) });
}

/** @throws Problem `payload-too-large` */
export function refuseTooMany(rows: number): void {
  if (rows > AI_ROWS_MAX) throw new Problem('payload-too-large', { details: { rows_max: AI_ROWS_MAX, rows } });
}
