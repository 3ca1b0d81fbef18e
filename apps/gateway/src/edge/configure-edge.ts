import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { sendProblem, toProblem } from '@techze/bootstrap';
import { Problem } from '@techze/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { serveApiDocs } from '../openapi/api-docs.js';
import { AllowedMethods } from './allowed-methods.js';
import { BODY_MAX_BYTES, parseJsonBodies } from './json-body.js';
import { setSecurityHeaders } from './security-headers.js';

/** How long a caller may take over its headers and body. */
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADERS_MAX_BYTES = 16 * 1024;

export const edgeOptions: ConstructorParameters<typeof FastifyAdapter>[0] = {
  bodyLimit: BODY_MAX_BYTES,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  http: { maxHeaderSize: HEADERS_MAX_BYTES, headersTimeout: REQUEST_TIMEOUT_MS },
  routerOptions: { maxParamLength: 256 },
  // What Fastify refuses before any route is found (a bad URL) still answers as a problem.
  frameworkErrors: (error, request, reply) =>
    sendProblem(toProblem(error), request as FastifyRequest, reply as FastifyReply),
};

/** Dresses the HTTP server of the gateway; everything that holds for all routes alike. */
export function configureEdge(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const { corsOrigins } = app.get<GatewayConfig>(gatewayConfig.token);
  parseJsonBodies(server);
  setSecurityHeaders(server);
  const allowed = new AllowedMethods();
  allowed.watch(server);
  server.addHook('preHandler', (request, reply, done) => {
    if (!request.is404) return done();
    const methods = allowed.of(request.url.split('?', 1)[0] ?? '/');
    if (methods.length === 0) return done();
    void reply.header('allow', methods.join(', '));
    done(new Problem('method-not-allowed'));
  });
  if (corsOrigins.length > 0) {
    app.enableCors({
      origin: [...corsOrigins],
      credentials: true,
      exposedHeaders: ['X-Request-Id', 'Location', 'ETag', 'Retry-After', 'Idempotency-Replayed'],
      maxAge: 600,
    });
  }
  serveApiDocs(app);
}
