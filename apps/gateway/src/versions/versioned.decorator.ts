import {
  applyDecorators,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { tap, type Observable } from 'rxjs';

/** Shows a resource's version as its ETag. */
class EntityTag implements NestInterceptor<{ version: number } | undefined> {
  intercept(context: ExecutionContext, next: CallHandler<{ version: number } | undefined>): Observable<unknown> {
    return next.handle().pipe(
      tap((resource) => {
        if (resource) void context.switchToHttp().getResponse<FastifyReply>().header('etag', `"v${resource.version}"`);
      }),
    );
  }
}

/** A route that answers one mutable resource: its version goes out as the ETag. */
export function Versioned(): MethodDecorator {
  return UseInterceptors(EntityTag);
}

/** A route that changes one: documents If-Match and shows the new ETag. The handler takes it with `@IfMatch()`. */
export function Precondition(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(EntityTag),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'ETags that it may have; any other is 412. Without it the change is made to what is there.',
    }),
  );
}
