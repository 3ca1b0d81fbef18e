import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemCodes, type ProblemCode } from '@techze/contracts';
import type { z } from 'zod';

/** What any route that takes a body may answer about it. */
export const bodyProblems = [
  'malformed-json',
  'json-too-deep',
  'json-too-wide',
  'json-forbidden-key',
  'payload-too-large',
  'unsupported-media-type',
  'validation-failed',
] as const;

/** What any route that asks a service or the database may answer about them. */
export const dependencyProblems = [
  'service-unavailable',
  'circuit-breaker-open',
  'pool-exhausted',
  'overloaded',
  'deadline-exceeded',
] as const;

/** Documents what a route answers: its success, and each problem that is its own. */
export function Answers(status: number, schema: z.ZodType | null, problems: readonly ProblemCode[]): MethodDecorator {
  return applyDecorators(
    ApiResponse({
      status,
      description: schema ? 'Done.' : 'Done; no body.',
      ...(schema && { standardSchema: schema }),
    }),
    ...[...new Set(problems.map((code) => problemCodes[code].status))].map((problemStatus) =>
      ApiResponse({
        status: problemStatus,
        description: problems
          .filter((code) => problemCodes[code].status === problemStatus)
          .map((code) => `\`${code}\`: ${problemCodes[code].detail}`)
          .join('\n\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}
