import type { IncomingMessage } from 'node:http';
import { requestIdOf } from '@techze/bootstrap';
import { newUuid, type Problem } from '@techze/contracts';
import { apiHeaders } from './security-headers.js';

/** A problem as it goes out where no hook of the server runs. @param request undefined where the parser made none */
export function rawAnswer(
  problem: Problem,
  request?: IncomingMessage,
): { body: string; headers: Record<string, string> } {
  const requestId = request ? requestIdOf(request.headers) : newUuid();
  const path = request?.url?.split('?', 1)[0] ?? '/';
  const body = JSON.stringify(problem.toDocument(path, requestId));
  const headers = {
    ...apiHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    ...(problem.retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(problem.retryAfterSeconds)) }),
  };
  return { body, headers };
}
