import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticated } from '../auth/bearer.strategy.js';
import type { UsageRecord } from './usage-record.js';

/**
 * Counts every request of a known tenant when it is over, also those that its limits or its role refused. What was asked
 * without a credential, or with a bad one, is nobody's usage.
 */
export function countUsage(server: FastifyInstance, usage: Pick<UsageRecord, 'count'>): void {
  server.addHook('onRequest', (request, reply, done) => {
    const start = performance.now();
    // 'close' comes for every request, also for one whose caller went away.
    reply.raw.once('close', () => {
      const { principal } = (request as FastifyRequest & { user?: Authenticated }).user ?? {};
      const route = request.routeOptions.url;
      if (!principal || route === undefined) return;
      const aborted = !reply.raw.writableFinished;
      usage.count(principal.tenant_id, request.method, route, {
        status: reply.statusCode,
        aborted,
        ...(!aborted && !isStream(reply) && { elapsedMs: performance.now() - start }),
      });
    });
    done();
  });
}

function isStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
}
