import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '@techze/contracts';
import { httpRequestsTotal, type Logger } from '@techze/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUnlimited } from '../limits/unlimited-routes.js';
import { corsHeadersOf } from './cors.js';
import { Lane, LOOK_MS } from './lane.js';
import { rawAnswer } from './raw-answer.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Where it counts as under way; undefined before its body was read, and once it is answered or waits on purpose. */
    lane?: Lane | undefined;
  }
}

/** `/api/v1/diagnostics/:id` is of the lane `/api/v1/diagnostics`: what one service is slow at holds up no other. */
const LANE = /^(?:\/[^/]*){1,3}/;
/** What is open to everybody and slow by design, for it hashes a password: a flood of it shuts nobody out who is logged in. */
const HASHING = /^\/api\/v1\/auth\/(?:login|password|password-reset|password-reset\/confirm|invitations\/accept)$/;
/** Open to everybody, too, and must not hold up the devices that are in already. */
const ENROLLING = '/api/v1/devices/enroll';
const SAY_EVERY_MS = 1_000;
/** Answers that took no work: no credential, too many requests, something that is not there. */
const UNWORKED = new Set([401, 429, 503]);

/**
 * Refuses what would only wait: 503 before anything is spent on it, neither a body nor a credential nor a line of log.
 * Whoever sends its body slowly takes no room: a request counts from when it is there as a whole until it has its answer,
 * also if nobody waits for that any more. Call first.
 */
export function shedLoad(server: FastifyInstance, corsOrigins: readonly string[], logger: Logger): void {
  const log = logger.named('edge');
  const lanes = new Map<string, Lane>();
  const lanesOfRoutes = new Map<string, Lane>();
  let shed = 0;

  const laneOf = ({ is404, routeOptions: { url } }: FastifyRequest): Lane | undefined => {
    if (is404 || url === undefined || isUnlimited(url)) return undefined;
    let lane = lanesOfRoutes.get(url);
    if (lane) return lane;
    const name = nameOf(url);
    lane = lanes.get(name) ?? new Lane();
    lanes.set(name, lane);
    lanesOfRoutes.set(url, lane);
    return lane;
  };

  const refuse = (request: FastifyRequest, reply: FastifyReply) => {
    shed += 1;
    httpRequestsTotal.inc({ method: request.method, route: request.routeOptions.url ?? 'unmatched', status: 503 });
    reply.hijack();
    answerOverloaded(request.raw, reply.raw, corsOrigins);
  };

  server.decorateRequest('lane', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    if (laneOf(request)?.hasRoom === false) refuse(request, reply);
    else done();
  });
  server.addHook('preValidation', (request, reply, done) => {
    const lane = laneOf(request);
    if (!lane) return done();
    if (!lane.hasRoom) {
      request.isCharged = true;
      return done(new Problem('overloaded'));
    }
    lane.enter();
    request.lane = lane;
    done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    leaveLane(request, reply);
    done();
  });

  let saidAt = 0;
  const looks = setInterval(() => {
    for (const lane of lanes.values()) lane.look();
    if (shed === 0 || performance.now() - saidAt < SAY_EVERY_MS) return;
    log.warn('overloaded: requests were refused', { requests: shed });
    saidAt = performance.now();
    shed = 0;
  }, LOOK_MS).unref();
  server.addHook('onClose', (_server, done) => {
    clearInterval(looks);
    done();
  });
}

/** From here on the request waits on purpose (a stream, a long poll) or is answered: it holds up nobody. */
export function leaveLane(request: FastifyRequest, reply: FastifyReply): void {
  request.lane?.leave(!UNWORKED.has(reply.statusCode));
  request.lane = undefined;
}

function nameOf(url: string): string {
  if (HASHING.test(url)) return 'hashing';
  return url === ENROLLING ? url : (LANE.exec(url)?.[0] ?? url);
}

function answerOverloaded(request: IncomingMessage, response: ServerResponse, corsOrigins: readonly string[]): void {
  const problem = new Problem('overloaded');
  const { body, headers } = rawAnswer(problem, request);
  response.writeHead(problem.status, { ...headers, ...corsHeadersOf(request.headers.origin, corsOrigins) }).end(body);
}
