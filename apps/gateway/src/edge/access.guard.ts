import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { ALLOWED_ROLES, PUBLIC } from '@techze/auth';
import { Problem, type Role } from '@techze/contracts';
import type { FastifyRequest } from 'fastify';
import { BEARER, type Authenticated } from '../auth/bearer.strategy.js';

/** Nobody passes without a credential, and nobody without the role that the route names. A route that names none is closed. */
@Injectable()
export class AccessGuard extends AuthGuard(BEARER) implements CanActivate {
  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: Authenticated }>();
    const { principal, token } = request.user;
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ALLOWED_ROLES, targets) ?? [];
    if (!allowed.includes(principal.role)) throw new Problem('forbidden');
    if (request.context) request.context = { ...request.context, principal, token };
    return true;
  }

  override handleRequest<User>(error: Error | null, user: User | false | undefined): User {
    if (error) throw error;
    if (!user) throw new Problem('invalid-token');
    return user;
  }
}
