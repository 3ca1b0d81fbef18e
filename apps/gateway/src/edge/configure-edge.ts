import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { beginContext, httpConfig, sendProblem, toProblem, type HttpConfig } from '@techze/bootstrap';
import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { Admission } from '../limits/admission.js';
import { limitRequests } from '../limits/limit-requests.js';
import { serveApiDocs } from '../openapi/api-docs.js';
import { countUsage } from '../usage/count-usage.js';
import { UsageRecord } from '../usage/usage-record.js';
import { AllowedMethods } from './allowed-methods.js';
import { limitConnections } from './connections.js';
import { corsOptions } from './cors.js';
import { BODY_MAX_BYTES, parseJsonBodies } from './json-body.js';
import { noteCommits } from './note-commits.js';
import { answerProtocolError, answerUnknownExpectations, refuseAmbiguousRequests } from './protocol-errors.js';
import { addSecurityHeaders, setSecurityHeaders } from './security-headers.js';
import { SessionWrites } from './session-writes.js';
import { shedLoad } from './shed-load.js';

/** How long a caller may take over its headers and body. */
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADERS_MAX_BYTES = 16 * 1024;

/** Node looks for slow callers this often. */
const SLOW_CALLER_CHECK_MS = 1_000;

export const edgeOptions: ConstructorParameters<typeof FastifyAdapter>[0] = {
  bodyLimit: BODY_MAX_BYTES,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  http: {
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: SLOW_CALLER_CHECK_MS,
    // Node's own answer would be an empty one: see refuseAmbiguousRequests.
    requireHostHeader: false,
  },
  // Any path that fits into the headers is looked up: an id is unknown, however long it is.
  routerOptions: { maxParamLength: HEADERS_MAX_BYTES },
  clientErrorHandler: answerProtocolError,
  // What Fastify refuses before any route is found (a bad URL) passes none of the hooks.
  frameworkErrors: (error, request, reply) => {
    const [asked, answer] = [request as FastifyRequest, reply as FastifyReply];
    beginContext(asked, answer);
    addSecurityHeaders(asked, answer);
    void asked.server.admission
      .chargeSource(asked, answer)
      .then((refused) => sendProblem(refused ?? toProblem(error), asked, answer));
  },
};

/** Before anything is spent on a request. */
export function admitRequests(app: NestFastifyApplication, logger: Logger): void {
  const { corsOrigins } = app.get<GatewayConfig>(gatewayConfig.token);
  const { trustedProxies } = app.get<HttpConfig>(httpConfig.token);
  const server = app.getHttpAdapter().getInstance();
  limitConnections(server.server, trustedProxies, logger);
  refuseAmbiguousRequests(server);
  shedLoad(server, corsOrigins, logger);
}

/** Dresses the HTTP server of the gateway; everything that holds for all routes alike. */
export function configureEdge(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const { corsOrigins } = app.get<GatewayConfig>(gatewayConfig.token);
  parseJsonBodies(server);
  setSecurityHeaders(server);
  noteCommits(server, app.get(SessionWrites));
  limitRequests(server, app.get(Admission));
  countUsage(server, app.get(UsageRecord));
  const allowed = new AllowedMethods();
  allowed.watch(server);
  // Before a body is read: a path that is not there takes none.
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const methods = allowed.of(request.url.split('?', 1)[0] ?? '/');
    if (methods.length === 0) return done(new Problem('route-not-found'));
    void reply.header('allow', methods.join(', '));
    done(new Problem('method-not-allowed'));
  });
  answerUnknownExpectations(server);
  if (corsOrigins.length > 0) app.enableCors(corsOptions(corsOrigins));
  serveApiDocs(app);
}
