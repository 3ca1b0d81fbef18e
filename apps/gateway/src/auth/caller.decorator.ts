import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Problem, type Principal } from '@techze/contracts';
import type { FastifyRequest } from 'fastify';

/** The person who asks. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Extract<Principal, { kind: 'user' }> => {
    const principal = context.switchToHttp().getRequest<FastifyRequest>().context?.principal;
    if (principal?.kind !== 'user') throw new Problem('forbidden');
    return principal;
  },
);
