import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '@techze/contracts';
import { wornDisk } from './stored-diagnostics.js';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** Answers one request; `undefined` leaves it without an answer. */
export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

export const REQUEST_ID = '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11';

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function problem(failure: Problem, headers: Record<string, string> = {}): Answer {
  return json(failure.status, failure.toDocument('/api/v1/diagnostics', REQUEST_ID), headers);
}

export const loggedIn = json(200, {
  access_token: 'an.access.token',
  token_type: 'Bearer',
  expires_in: 900,
  refresh_token: 'x'.repeat(43),
  user: {
    id: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
    email: 'technician@balcao.example',
    name: 'Technician',
    role: 'technician',
    tenant_id: 'tnt_demo',
  },
});

export const stored = json(201, { ...wornDisk, of_a_newer_server: true });
export const cut: Answer = (_, response) => response.destroy();
export const cutInside: Answer = (_, response) => {
  response.writeHead(201, { 'content-length': '1000' });
  response.write('{', () => response.destroy());
};
export const silent: Answer = () => undefined;
/** Never silent for long, and never done. */
export const drip: Answer = (_, response) => {
  response.writeHead(201, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(timer));
};
/** As fast as the other side reads. */
export const endless: Answer = (_, response) => {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' ')));
  };
  response.writeHead(201, { 'content-type': 'application/json' }).on('drain', more);
  more();
};

/**
 * A server on a free port that gives the prepared answers of each path (or method and path, whatever the query) in
 * turn; the last one stays.
 */
export class FakeService {
  readonly received: ReceivedRequest[] = [];
  private readonly server = createServer((request, response) => void this.handle(request, response));

  private constructor(readonly answers: Record<string, Answer[]>) {}

  static async start(answers: Record<string, Answer[]>): Promise<FakeService> {
    const service = new FakeService(answers);
    await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.received.push(request);
    const answers = this.answers[`${request.method} ${request.path.split('?')[0]}`] ?? this.answers[request.path] ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) problem(new Problem('route-not-found'))(request, response);
    else answer(request, response);
  }
}
