import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '@techze/contracts';
import type { FastifyInstance } from 'fastify';
import { rawAnswer } from './raw-answer.js';
import { isUnambiguous } from './request-form.js';

/** What Node's parser refuses never becomes a request; the caller is answered in our words all the same. */
export function answerProtocolError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const answer = answerUnderWay(socket);
  if (!answer) return endWith(new Problem(codeOf(error.code)), socket);
  // The fault is in the body of a request that has its answer already.
  if (!answer.req.complete && answer.headersSent) return void socket.destroy();
  if (!answer.req.complete) return endWith(new Problem(codeOf(error.code)), socket);
  // It is behind a request that waits for its answer: that is the connection's last.
  if (!answer.headersSent) answer.shouldKeepAlive = false;
  answer.once('finish', () => socket.destroySoon());
}

/** Node keeps the answer under way with the socket; its own handler of such errors looks there, too. */
function answerUnderWay(socket: Socket & { _httpMessage?: ServerResponse | null }): ServerResponse | undefined {
  return socket._httpMessage ?? undefined;
}

function endWith(problem: Problem, socket: Socket, request?: IncomingMessage): void {
  const { body, headers } = rawAnswer(problem, request);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

/** What some proxy may have read otherwise is read by nobody, and neither is what follows it on the connection. */
export function refuseAmbiguousRequests(server: FastifyInstance): void {
  const refused = new WeakSet<Socket>();
  server.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw;
    const follows = refused.has(socket);
    if (!follows && isUnambiguous(request.raw)) return done();
    reply.hijack();
    // Node has read it along with the one before: what is sent after a last answer reaches nobody.
    if (follows) return;
    refused.add(socket);
    const problem = new Problem('bad-request');
    const { body, headers } = rawAnswer(problem, request.raw);
    reply.raw.writeHead(problem.status, { ...headers, connection: 'close' }).end(body);
  });
  // Node would hang up on a CONNECT without a word.
  server.server.on('connect', (request: IncomingMessage, socket: Socket) => {
    endWith(new Problem('method-not-allowed'), socket, request);
  });
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
