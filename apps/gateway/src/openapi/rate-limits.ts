import type { OpenAPIObject } from '@nestjs/swagger';
import { problemCodes } from '@techze/contracts';
import { RATE_CLASS_EXTENSION } from '../limits/rate-class.decorator.js';
import { isUnlimited } from '../limits/unlimited-routes.js';

type Operation = Record<string, unknown> & { responses: Record<string, unknown> };

/** Says of every operation which limit it counts against, and what its answer is when that is used up. */
export function describeRateLimits(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      if (isUnlimited(path)) operation[RATE_CLASS_EXTENSION] = 'none';
      else {
        operation[RATE_CLASS_EXTENSION] ??= 'default';
        operation.responses['429'] = {
          description: `\`rate-limited\`: ${problemCodes['rate-limited'].detail}`,
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        };
      }
    }
  }
}
