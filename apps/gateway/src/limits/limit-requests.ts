import type { Problem } from '@techze/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from './admission.js';
import { isUnlimited } from './unlimited-routes.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** For what is refused before any hook runs. */
    admission: Admission;
  }
}

/**
 * The two ends of a request: what a used-up source sends is refused before its body is read, and whatever no guard has
 * counted by the time of its answer (no credential, no such path, a body that cannot be read) counts against its source.
 */
export function limitRequests(server: FastifyInstance, admission: Admission): void {
  server.decorate('admission', admission);
  server.decorateRequest('isCharged', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    const refused = isUnlimited(request.routeOptions.url) ? undefined : admission.refusalOfBlocked(request, reply);
    if (refused) done(refused);
    else done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (request.isCharged || isUnlimited(request.routeOptions.url) || isPreflight(request, reply)) return done();
    admission.chargeSource(request, reply).then(
      (refused) => (refused ? done(null, answerInstead(refused, request, reply)) : done()),
      (error: unknown) => done(error as Error),
    );
  });
}

/** Browsers ask before they ask, and get the same answer each time. */
function isPreflight(request: FastifyRequest, reply: FastifyReply): boolean {
  return request.method === 'OPTIONS' && reply.statusCode < 400;
}

function answerInstead(problem: Problem, request: FastifyRequest, reply: FastifyReply): string {
  void reply
    .code(problem.status)
    .removeHeader('www-authenticate')
    .removeHeader('allow')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('retry-after', String(problem.retryAfterSeconds));
  const path = request.url.split('?', 1)[0] ?? '/';
  return JSON.stringify(problem.toDocument(path, request.context?.requestId ?? ''));
}
