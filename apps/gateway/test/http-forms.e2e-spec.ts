import { connect, type Socket } from 'node:net';
import { Api } from './support/api.js';

const api = new Api();
const { hostname, port } = new URL(api.suite.base_url);
const LOGIN = 'POST /api/v1/auth/login HTTP/1.1\r\n';
const HOST = 'Host: x\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
/** What a smuggler hides behind its request. */
const HIDDEN = `GET /live HTTP/1.1\r\n${HOST}\r\n`;

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends bytes as they are. @returns every answer to the end of the connection, which is ours if it has not come by then */
function send(bytes: string, quietMs = 400): Promise<Answer[]> {
  return new Promise((resolve) => {
    let text = '';
    const socket: Socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      socket.setTimeout(quietMs);
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answersIn(text)));
  });
}

function answersIn(text: string): Answer[] {
  const answers: Answer[] = [];
  for (let rest = text; rest.startsWith('HTTP/1.1 ');) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    const head = rest.slice(0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    answers.push({ status: Number(head.slice(9, 12)), head, body: rest.slice(end, end + length) });
    rest = rest.slice(end + length);
  }
  return answers;
}

/** One answer, a problem in our words with all that an answer carries, and the connection's last. */
function expectRefusal(answers: readonly Answer[], status: number): void {
  expect(answers).toHaveLength(1);
  const [{ head, body, ...answer }] = answers as [Answer];
  expect(answer.status).toBe(status);
  expect(head).toMatch(/\r\ncontent-type: application\/problem\+json/i);
  expect(head).toMatch(/\r\nx-content-type-options: nosniff/i);
  expect(head).toMatch(/\r\nconnection: close/i);
  const [, requestId] = /\r\nx-request-id: ([0-9a-f-]{36})\r\n/i.exec(head) ?? [];
  expect(JSON.parse(body)).toMatchObject({ status, request_id: requestId });
}

describe('a request that two servers may read differently', () => {
  const post = (headers: string, body: string) => `${LOGIN}${HOST}${JSON_TYPE}${headers}\r\n${body}${HIDDEN}`;
  it.each([
    ['a length and chunks', post(`Content-Length: 4\r\n${CHUNKED}`, '0\r\n\r\n')],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', '{} ')],
    ['the same length twice', post('Content-Length: 2\r\nContent-Length: 2\r\n', '{}')],
    ['a list of lengths', post('Content-Length: 2, 2\r\n', '{}')],
    ['a length with a sign', post('Content-Length: +2\r\n', '{}')],
    ['a negative length', post('Content-Length: -1\r\n', '{}')],
    ['a length of base 16', post('Content-Length: 0x2\r\n', '{}')],
    ['a length beyond all numbers', post('Content-Length: 99999999999999999999999\r\n', '{}')],
    ['two codings', post(`${CHUNKED}Transfer-Encoding: x\r\n`, '0\r\n\r\n')],
    ['an unknown coding', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
    ['a coding that nobody takes off', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
    ['chunks that are not last', post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n')],
    ['a blank before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n')],
    ['a control character before the coding', post('Transfer-Encoding:\x0bchunked\r\n', '0\r\n\r\n')],
    ['chunks of HTTP/1.0', `POST /api/v1/auth/login HTTP/1.0\r\n${HOST}${CHUNKED}\r\n0\r\n\r\n${HIDDEN}`],
    ['a folded header', `GET /live HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\n\r\n`],
    ['lines that end in LF', 'GET /live HTTP/1.1\nHost: x\n\n'],
    ['a line that ends in CR', `GET /live HTTP/1.1\r\n${HOST}X-A: b\rX-B: c\r\n\r\n`],
    ['a chunk of negative size', post(CHUNKED, '-2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk of a size in 0x', post(CHUNKED, '0x2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk whose size overflows', post(CHUNKED, '10000000000000002\r\n{}\r\n0\r\n\r\n')],
    ['a chunk whose size ends in LF', post(CHUNKED, '2\n{}\r\n0\r\n\r\n')],
    ['a chunk with a book for an extension', post(CHUNKED, `2;${'a'.repeat(40_000)}\r\n{}\r\n0\r\n\r\n`)],
    ['no host', `GET /live HTTP/1.1\r\n\r\n${HIDDEN}`],
    ['two hosts', `GET /live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${HIDDEN}`],
    ['a host that is none', `GET /live HTTP/1.1\r\nHost: a/b c\r\n\r\n${HIDDEN}`],
    ['no version', 'GET /live\r\n\r\n'],
    ['a NUL in its path', `GET /api/v1/auth/me\0 HTTP/1.1\r\n${HOST}\r\n`],
    ['a NUL in a header', `GET /live HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`],
    ['a blank in its path', `GET /api/v1/auth/ me HTTP/1.1\r\n${HOST}\r\n`],
    ['no path but an authority', `GET evil.example:80 HTTP/1.1\r\n${HOST}\r\n`],
  ])('400, and nothing behind it is served: %s', async (_case, bytes) => {
    expectRefusal(await send(bytes), 400);
  });
});

describe('what is not HTTP/1.1', () => {
  it.each([
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03', 400],
    ['a method that there is not', `TRACK /live HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n`, 405],
    ['a header of 17 kB', `GET /live HTTP/1.1\r\n${HOST}X: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['a body beyond all bounds', `${LOGIN}${HOST}${JSON_TYPE}Content-Length: 9000000000000000\r\n\r\n{`, 413],
  ])('is answered as a problem: %s', async (_case, bytes, status) => {
    expectRefusal(await send(bytes), status);
  });

  it('is not spoken: an upgrade is ignored, and its request answered as it is', async () => {
    for (const upgrade of ['websocket', 'h2c']) {
      const [answer] = await send(
        `GET /live HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`,
      );
      expect(answer?.status).toBe(200);
    }
  });

  it('is refused on a connection that had answers, too, and never in the place of another answer', async () => {
    const first = `GET /live HTTP/1.1\r\n${HOST}\r\n`;
    const socket = connect(Number(port), hostname, () => socket.write(first));
    const answers: string[] = [];
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('data', (chunk: Buffer) => {
      if (answers.push(chunk.toString()) === 1) socket.write('rubbish\r\n\r\n');
    });
    await closed;
    expect(answers.join('')).toMatch(/^HTTP\/1\.1 200 [^]*HTTP\/1\.1 400 [^]*"code":"bad-request"/);
    const pipelined = await send(`${LOGIN}${HOST}${JSON_TYPE}Content-Length: 2\r\n\r\n{}rubbish\r\n\r\n`);
    expect(pipelined.map(({ status }) => status)).toEqual([422]);
  });
});

describe('requests sent without waiting', () => {
  it('are answered in their order', async () => {
    const paths = ['/live', '/api/v1/nothing', '/api/v1/auth/me', '/live'];
    const answers = await send(paths.map((path) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`).join(''));
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 200]);
  });

  it('behind a chunked body, trailers and extensions and all, are requests of their own', async () => {
    const body = '2;a=b\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n';
    const answers = await send(`${LOGIN}${HOST}${JSON_TYPE}${CHUNKED}Trailer: Authorization\r\n\r\n${body}${HIDDEN}`);
    expect(answers.map(({ status }) => status)).toEqual([422, 200]);
  });

  it('are not served behind the last answer of a connection', async () => {
    const answers = await send(`GET /live HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n${HIDDEN}`);
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });
});

describe('a caller that is slow', () => {
  const silence = (bytes: string) =>
    new Promise<{ answers: Answer[]; tookMs: number }>((resolve) => {
      const begun = performance.now();
      let text = '';
      const socket = connect(Number(port), hostname, () => bytes && socket.write(bytes));
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve({ answers: answersIn(text), tookMs: performance.now() - begun }));
    });

  it('is cut off after 15 s with its headers, its body or its first byte, and told why', async () => {
    const outcomes = await Promise.all([
      silence(`GET /live HTTP/1.1\r\n${HOST}X-A: `),
      silence(`${LOGIN}${HOST}${JSON_TYPE}Content-Length: 100\r\n\r\n{`),
      silence(`${LOGIN}${HOST}${JSON_TYPE}${CHUNKED}\r\n1\r\n{\r\n`),
      silence(''),
    ]);
    for (const { answers, tookMs } of outcomes) {
      expectRefusal(answers, 408);
      expect(tookMs).toBeGreaterThan(14_000);
      expect(tookMs).toBeLessThan(20_000);
    }
  }, 40_000);
});
