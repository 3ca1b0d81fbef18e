import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { CommitMark, continueTrace, runInContext, type RequestContext } from '@techze/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before anything else of a request happens. */
    context?: RequestContext;
  }
}

/** How long a request may take (security.md, "Edge"). */
const DEADLINE_MS = 10_000;
/** As much of it as anybody reads in an audit trail. */
const USER_AGENT_MAX_CHARS = 512;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Opens the context of every HTTP request and returns its id in `X-Request-Id`. */
export function openRequestContext(server: FastifyInstance): void {
  server.decorateRequest('context', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    runInContext(beginContext(request, reply), done);
  });
  // Reading a body breaks the asynchronous chain: enter again before anything of ours runs.
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.context) runInContext(request.context, done);
    else done();
  });
}

/** The context of a request, made at its first mention. */
export function beginContext(request: FastifyRequest, reply: FastifyReply): RequestContext {
  const context = (request.context ??= contextOf(request));
  void reply.header('x-request-id', context.requestId);
  return context;
}

function contextOf(request: FastifyRequest): RequestContext {
  const { headers } = request;
  return {
    requestId: requestIdOf(headers),
    trace: continueTrace(single(headers.traceparent), single(headers.tracestate)),
    deadline: Date.now() + DEADLINE_MS,
    ipAddress: request.ip,
    commits: new CommitMark(),
    ...(headers['user-agent'] && { userAgent: headers['user-agent'].slice(0, USER_AGENT_MAX_CHARS) }),
  };
}

/** The caller's, if it is one, else a new one: of Node's pool, for a UUIDv7 costs each request a call for random bytes. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = single(headers['x-request-id'])?.toLowerCase();
  return given !== undefined && UUID.test(given) ? given : randomUUID();
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
