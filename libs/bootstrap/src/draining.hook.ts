import type { FastifyInstance } from 'fastify';
import type { Readiness } from './readiness.js';

/**
 * While a process drains, each answer is its connection's last: whoever keeps connections alive opens its next one
 * elsewhere, and none is cut under a request when the process goes. Call first.
 */
export function closeConnectionsWhileDraining(server: FastifyInstance, readiness: Readiness): void {
  server.addHook('onRequest', (_request, reply, done) => {
    if (readiness.draining) reply.raw.setHeader('connection', 'close');
    done();
  });
}
