import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '@techze/contracts';
import type { FastifyInstance } from 'fastify';
import { rawAnswer } from './raw-answer.js';

/** What Node's parser refuses never becomes a request; the caller is answered in our words all the same. */
export function answerProtocolError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nobody is there any more, or an answer has begun already.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) return void socket.destroy();
  const problem = new Problem(codeOf(error.code));
  const { body, headers } = rawAnswer(problem);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

/** An Expect header that asks for anything but 100-continue. */
export function answerUnknownExpectations(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const problem = new Problem('expectation-failed');
    const { body, headers } = rawAnswer(problem, request);
    response.writeHead(problem.status, headers).end(body);
  });
}

function codeOf(code: string | undefined): 'headers-too-large' | 'request-timeout' | 'bad-request' {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'bad-request';
}
