import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ALLOWED_ROLES, PUBLIC } from '@techze/auth';
import { Problem, type Role } from '@techze/contracts';
import type { RateClass } from '@techze/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyScopeOf, TAGS } from '../api-keys/key-scope.js';
import { BEARER, type Authenticated } from '../auth/bearer.strategy.js';
import { Admission } from '../limits/admission.js';
import { RATE_CLASS } from '../limits/rate-class.decorator.js';
import { isUnlimited } from '../limits/unlimited-routes.js';

/**
 * Nobody passes without a credential, nobody beyond a rate limit, and nobody without the role that the route names. A route
 * that names none is closed.
 */
@Injectable()
export class AccessGuard extends AuthGuard(BEARER) implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { user: Authenticated }>();
    const reply = http.getResponse<FastifyReply>();
    const rateClass = this.reflector.getAllAndOverride<RateClass | undefined>(RATE_CLASS, targets) ?? 'default';
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) {
      if (!isUnlimited(request.routeOptions.url)) await this.admission.admit(request, reply, rateClass);
      return true;
    }
    await super.canActivate(context);
    const { principal, token } = request.user;
    await this.admission.admit(request, reply, rateClass, principal);
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ALLOWED_ROLES, targets) ?? [];
    if (!allowed.includes(principal.role)) throw new Problem('forbidden');
    if (principal.kind === 'api_key') {
      const tags = this.reflector.getAllAndOverride<readonly string[] | undefined>(TAGS, targets);
      const scope = keyScopeOf(tags, request.method);
      if (scope === undefined || !principal.scopes.includes(scope)) throw new Problem('insufficient-scope');
    }
    if (request.context) request.context = { ...request.context, principal, token };
    return true;
  }

  override handleRequest<User>(error: Error | null, user: User | false | undefined): User {
    if (error) throw error;
    if (!user) throw new Problem('invalid-token');
    return user;
  }
}
