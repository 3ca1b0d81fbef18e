import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Problem } from '@techze/contracts';
import { runInContext } from '@techze/observability';
import type { FastifyRequest } from 'fastify';
import { from, Observable, switchMap } from 'rxjs';
import { SessionWrites } from './session-writes.js';

/** Printable ASCII, as a header carries it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Completes the request's context once it is known who asks: the idempotency key of a write, and what the session wrote
 * before, which whatever this request reads must show.
 */
@Injectable()
export class RequestContextInterceptor implements NestInterceptor {
  constructor(private readonly writes: SessionWrites) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const { context } = request;
    // PostgreSQL takes no NUL in a text: nothing has such an id.
    if (Object.values(request.params ?? {}).some((id) => String(id).includes('\0')))
      throw new Problem('route-not-found');
    if (!context) return next.handle();
    const idempotencyKey = SAFE_METHODS.has(request.method) ? undefined : keyOf(request);
    const keyed = { ...context, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    if (!context.principal) return within(keyed, next);
    return from(this.writes.readingOf(context.principal)).pipe(
      switchMap((reading) => within({ ...keyed, ...reading }, next)),
    );
  }
}

function within(context: NonNullable<FastifyRequest['context']>, next: CallHandler): Observable<unknown> {
  return new Observable((subscriber) => runInContext(context, () => next.handle().subscribe(subscriber)));
}

/** @throws Problem `validation-failed` when the header is there and is not a key */
function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header;
  throw new Problem('validation-failed', {
    errors: [{ pointer: '/Idempotency-Key', detail: 'must be 1 to 255 printable characters' }],
  });
}
