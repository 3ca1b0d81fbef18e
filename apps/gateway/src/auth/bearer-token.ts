import type { FastifyRequest } from 'fastify';

const AUTHORIZATION = /^Bearer +([A-Za-z0-9_.-]+) *$/i;

/** The bearer token that a request brings, if it looks like one. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return AUTHORIZATION.exec(request.headers.authorization ?? '')?.[1];
}
