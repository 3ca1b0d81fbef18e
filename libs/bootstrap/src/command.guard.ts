import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem, type Command } from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { COMMAND } from '@techze/transport';

/** Holds a command's roles where it is executed: a message that came round the edge gets no further than it would there. */
@Injectable()
export class CommandGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'rpc') return true;
    const command = this.reflector.get<Command | undefined>(COMMAND, context.getHandler());
    if (!command) return true; // Events: the transport took them from a verified context already.
    const role = currentContext()?.principal?.role;
    if (role === undefined || !command.roles.includes(role)) throw new Problem('forbidden');
    return true;
  }
}
