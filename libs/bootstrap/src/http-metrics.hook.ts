import { httpRequestDuration, httpRequestsInProgress, httpRequestsTotal, type Logger } from '@techze/observability';
import type { FastifyInstance } from 'fastify';

/** What monitors ask all day long; counted, not logged. */
const QUIET = new Set(['/live', '/ready', '/health', '/metrics']);

/** Counts and times every request by its route template, and writes one log line for each. */
export function measureRequests(server: FastifyInstance, logger: Logger): void {
  const log = logger.named('http');
  server.addHook('onRequest', (_request, _reply, done) => {
    httpRequestsInProgress.inc();
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    httpRequestsInProgress.dec();
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    const seconds = reply.elapsedTime / 1000;
    httpRequestsTotal.inc({ method: request.method, route, status: reply.statusCode });
    httpRequestDuration.observe({ method: request.method, route }, seconds);
    if (!QUIET.has(route)) {
      log.info('request', {
        method: request.method,
        route,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      });
    }
    done();
  });
}
