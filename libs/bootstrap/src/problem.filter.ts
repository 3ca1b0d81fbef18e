import { Catch, HttpException, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { newUuid, Problem, type ProblemCode } from '@techze/contracts';
import { currentContext, Logger } from '@techze/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { throwError, type Observable } from 'rxjs';

/** What the framework and its HTTP server say themselves, in our words. */
const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  400: 'bad-request',
  401: 'invalid-token',
  403: 'forbidden',
  404: 'route-not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'payload-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  431: 'headers-too-large',
  503: 'service-unavailable',
};

/** Any error as a Problem: ours as they are, the framework's by status, everything else `internal`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = error instanceof HttpException ? error.getStatus() : serverStatus(error);
  if (status === undefined) return new Problem('internal', { cause: error });
  return new Problem(codeOfStatus[status] ?? (status < 500 ? 'bad-request' : 'internal'), { cause: error });
}

/** The status of an error of the HTTP server itself. A caller that went away in the middle is its own fault. */
function serverStatus(error: unknown): number | undefined {
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  if (code === 'ECONNRESET') return 400;
  return typeof statusCode === 'number' && typeof code === 'string' && code.startsWith('FST_') ? statusCode : undefined;
}

/** The one place where an error becomes an answer, over HTTP and over the transport. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger.named('problem');
  }

  catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    const problem = toProblem(error);
    // Without a cause it came from another process, which has told its own log.
    if (problem.status >= 500 && problem.cause !== undefined)
      this.logger.error(problem.title, { code: problem.code, err: problem.cause });
    if (host.getType() === 'rpc') return throwError(() => problem);
    const http = host.switchToHttp();
    sendProblem(problem, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return undefined;
  }
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const requestId = request.context?.requestId ?? currentContext()?.requestId ?? newUuid();
  void reply
    .status(problem.status)
    .headers({ 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' });
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
  if (problem.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(Math.ceil(problem.retryAfterSeconds)));
  const path = request.url.split('?', 1)[0] ?? '/';
  // Serialised here: a serializer of the route's success schema would drop the problem's members.
  void reply.serializer(String).send(JSON.stringify(problem.toDocument(path, requestId)));
}
