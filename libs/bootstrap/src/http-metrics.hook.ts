import {
  httpRequestDuration,
  httpRequestsInProgress,
  httpRequestsTotal,
  runInContext,
  type Logger,
} from '@techze/observability';
import type { FastifyInstance } from 'fastify';

/** What monitors ask all day long; counted, not logged. */
const QUIET = new Set(['/live', '/ready', '/health', '/metrics']);

/** The status of an answer that nobody waited for, as nginx has it. */
const CLIENT_CLOSED_REQUEST = 499;

const EVENT_STREAM = 'text/event-stream';

/** Counts and times every request by its route template, and writes one log line for each. */
export function measureRequests(server: FastifyInstance, logger: Logger): void {
  const log = logger.named('http');
  server.addHook('onRequest', (request, reply, done) => {
    httpRequestsInProgress.inc();
    const start = performance.now();
    // 'close' comes for every request, also for one whose caller went away.
    reply.raw.once('close', () => {
      httpRequestsInProgress.dec();
      const elapsedMs = performance.now() - start;
      const method = request.method;
      const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
      // A stream lasts for as long as its reader likes, who ends it by going away: that is no latency, and no fault.
      const stream = String(reply.getHeader('content-type')).startsWith(EVENT_STREAM);
      const status = reply.raw.writableFinished || stream ? reply.statusCode : CLIENT_CLOSED_REQUEST;
      httpRequestsTotal.inc({ method, route, status });
      if (!stream) httpRequestDuration.observe({ method, route }, elapsedMs / 1000);
      if (QUIET.has(route) || !request.context) return;
      const fields = { method, route, status, duration_ms: Math.round(elapsedMs * 10) / 10 };
      // In the context as it is by now: with who asked.
      runInContext(request.context, () => log.info('request', fields));
    });
    done();
  });
}
