import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { count } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
let token: string;

beforeAll(async () => {
  token = await api.tokenOf('technician');
});

const stored = () => count('select 1 from diagnostics union all select 1 from devices');
const post = (raw: string | Uint8Array, headers: Record<string, string> = {}) =>
  api.call(PATH, { token, raw, headers });

/** The answer is a problem of that status, and nothing was stored for it. */
async function refuses(send: () => ReturnType<Api['call']>, status: number, code: string) {
  const before = await stored();
  const answer = await send();
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `urn:techze:problem:${code}`,
    code,
    status,
    request_id: answer.headers.get('x-request-id'),
  });
  expect(await stored()).toBe(before);
  return answer;
}

describe('a body', () => {
  it.each(['{', '', '[]x', '{"a":1,}', 'NaN', '\u0000'])('400 when it is not JSON: %j', async (raw) => {
    if (raw === '')
      return void (await refuses(() => api.call(PATH, { token, method: 'POST' }), 422, 'validation-failed'));
    await refuses(() => post(raw), 400, 'malformed-json');
  });

  it('400 when it is too deep, too wide, or has a key that reaches for a prototype', async () => {
    await refuses(() => post('['.repeat(33) + ']'.repeat(33)), 400, 'json-too-deep');
    await refuses(() => post('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)), 400, 'json-too-deep');
    await refuses(
      () => post(JSON.stringify(Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [i, i])))),
      400,
      'json-too-wide',
    );
    await refuses(() => post('{"__proto__":{"admin":true}}'), 400, 'json-forbidden-key');
  });

  it('413 over a mebibyte, said by its length, sent in chunks, or inflated', async () => {
    const large = JSON.stringify({ ...diagnosticBody(), notes: 'x'.repeat(1024 * 1024) });
    await refuses(() => post(large), 413, 'payload-too-large');
    await refuses(() => post(gzipSync(large), { 'content-encoding': 'gzip' }), 413, 'payload-too-large');
    expect(await sendChunked(large)).toBe(413);
  });

  it('201 when it is gzipped, 400 when that is broken, 415 in another coding', async () => {
    const body = JSON.stringify(diagnosticBody());
    expect((await post(gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(201);
    await refuses(() => post(gzipSync(body).subarray(0, 40), { 'content-encoding': 'gzip' }), 400, 'malformed-json');
    await refuses(() => post(body, { 'content-encoding': 'br' }), 415, 'unsupported-media-type');
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'nonsense',
  ])('415 as %s', async (type) => {
    await refuses(
      () => post(JSON.stringify(diagnosticBody()), { 'content-type': type }),
      415,
      'unsupported-media-type',
    );
  });

  it('201 just under a mebibyte with evidence as wide as allowed', async () => {
    const list = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key${index}`, index]));
    const body = diagnosticBody({ sections: { processes: { status: 'ok', data: { list } } } });
    expect((await post(JSON.stringify(body))).status).toBe(201);
  });
});

describe('POST /api/v1/diagnostics 422 with a pointer to the fault', () => {
  const without = (name: string) => {
    const { [name]: _gone, ...rest } = diagnosticBody();
    return rest;
  };
  const device = { hostname: 'h' };
  it.each<[string, Record<string, unknown>, string]>([
    ['no device', without('device'), '/device'],
    ['a device and a device_id', { ...diagnosticBody(), device_id: `dev_${'0'.repeat(32)}` }, '/device'],
    ['a device that cannot be told apart', diagnosticBody({ device: { model: '20XW' } }), '/device'],
    ['an unknown field', diagnosticBody({ colour: 'red' }), '/colour'],
    ['an unknown field of the device', diagnosticBody({ device: { ...device, colour: 'red' } }), '/device/colour'],
    [
      'an unknown field of a section',
      diagnosticBody({ sections: { cpu: { status: 'ok', extra: 1 } } }),
      '/sections/cpu/extra',
    ],
    ['no type', without('type'), '/type'],
    ['an unknown type', diagnosticBody({ type: 'everything' }), '/type'],
    ['no sections', without('sections'), '/sections'],
    ['no section at all', diagnosticBody({ sections: {} }), '/sections'],
    ['sections in a list', diagnosticBody({ sections: [] }), '/sections'],
    [
      'too many sections',
      diagnosticBody({
        sections: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`s${i}`, { status: 'ok' }])),
      }),
      '/sections',
    ],
    ['an unknown section status', diagnosticBody({ sections: { cpu: { status: 'fine' } } }), '/sections/cpu/status'],
    ['no date', without('collected_at'), '/collected_at'],
    ['a date that is none', diagnosticBody({ collected_at: '22/11/2026' }), '/collected_at'],
    ['a day that there is not', diagnosticBody({ collected_at: '2026-02-30T00:00:00Z' }), '/collected_at'],
    ['the year nought', diagnosticBody({ collected_at: '0000-01-01T00:00:00Z' }), '/collected_at'],
    ['the year ten thousand', diagnosticBody({ collected_at: '9999-12-31T23:59:59-23:59' }), '/collected_at'],
    ['a device of junk only', diagnosticBody({ device: { serial: 'Default string', hostname: '\u00a0' } }), '/device'],
    ['a negative duration', diagnosticBody({ duration_ms: -1 }), '/duration_ms'],
    ['a duration in text', diagnosticBody({ duration_ms: '1250' }), '/duration_ms'],
    ['a NUL in a name', diagnosticBody({ device: { hostname: 'a\u0000b' } }), '/device/hostname'],
    ['half a character in a name', diagnosticBody({ device: { hostname: '\ud800' } }), '/device/hostname'],
    ['a name of a megabyte’s kin', diagnosticBody({ device: { hostname: 'x'.repeat(10_000) } }), '/device/hostname'],
    ['a tag that is none', diagnosticBody({ tags: ['ok', 7] }), '/tags/1'],
    ['too many tags', diagnosticBody({ tags: Array(51).fill('t') }), '/tags'],
    ['null for a device', diagnosticBody({ device: null }), '/device'],
  ])('%s', async (_case, json, pointer) => {
    const answer = await refuses(() => api.call(PATH, { token, json }), 422, 'validation-failed');
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  it('a body that is no object', async () => {
    for (const raw of ['[]', '"text"', '7', 'null', 'true']) await refuses(() => post(raw), 422, 'validation-failed');
  });
});

describe('a request', () => {
  it('404 on an unknown path, 405 with Allow on a known one', async () => {
    expect((await api.call('/api/v1/nothing')).body).toMatchObject({ status: 404, code: 'route-not-found' });
    const wrong = await api.call(PATH, { method: 'DELETE', token });
    expect(wrong.body).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await api.call(`${PATH}/dgn_1`, { method: 'PUT', token })).status).toBe(405);
  });

  it.each([
    '/api/v1/%zz',
    '/API/V1/DIAGNOSTICS',
    '//api/v1/diagnostics',
    '/api/v1/diagnostics/',
    '/api/v1//diagnostics',
    '/api/v1/%64iagnostics',
    '/api/v1/auth/../diagnostics',
    '/api/v1/auth/me;x=1',
  ])('finds no way around the door: %s', async (path) => {
    expect([400, 401, 404]).toContain((await rawStatus(path)).status);
  });

  it('401 on every known route without a credential, but for those that are open', async () => {
    const { paths } = (await api.call('/api/openapi.json')).body;
    for (const [path, operations] of Object.entries<Record<string, { security?: unknown[] }>>(paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const { status } = await api.call(path.replace('{id}', 'x'), { method: method.toUpperCase() });
        if (security?.length === 0) expect(status).not.toBe(401);
        else expect([path, method, status]).toEqual([path, method, 401]);
      }
    }
  });

  it('keeps a request id that is one, and makes one where it is none', async () => {
    const id = '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11';
    expect((await api.call('/live', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id);
    for (const bad of ['x', `${id}\tx`, '<script>', 'x'.repeat(500)]) {
      const given = (await api.call('/live', { headers: { 'x-request-id': bad } })).headers.get('x-request-id');
      expect(given).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('carries what browsers need to be told, and nothing from inside', async () => {
    for (const answer of [
      await api.call('/api/v1/auth/me'),
      await api.call('/nope'),
      await api.call(PATH, { token }),
    ]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('vary')).toContain('Origin');
      expect(answer.headers.get('x-powered-by')).toBeNull();
      expect(answer.text).not.toMatch(/node_modules|at .+\.(ts|js):\d|select |127\.0\.0\.1:\d/i);
    }
  });

  it.each([
    ['that is no HTTP', 'rubbish\r\n\r\n', 400],
    ['of another HTTP', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400],
    ['of an unknown method', 'CONJURE / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [
      'of two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['with headers too large', `GET /live HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['with a path too large', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    [
      'that expects what nobody does',
      'GET /live HTTP/1.1\r\nHost: x\r\nExpect: banana\r\nConnection: close\r\n\r\n',
      417,
    ],
  ])('%s is answered as a problem, and the next one is served', async (_case, text, status) => {
    const answer = await send(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(answer).toMatch(/x-request-id: [0-9a-f-]{36}/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({
      status,
      type: expect.stringContaining('urn:techze:problem:'),
    });
    expect((await api.call('/live')).status).toBe(200);
  });

  it('404 or 405 before its body is looked at', async () => {
    expect((await api.call('/api/v1/nothing', { raw: '{' })).status).toBe(404);
    expect((await api.call(PATH, { method: 'DELETE', raw: '{', token })).status).toBe(405);
  });

  it('400 for a path that is no URL, with all that an answer carries', async () => {
    const answer = await api.call('/api/v1/%zz');
    expect(answer.body).toMatchObject({ status: 400, request_id: answer.headers.get('x-request-id') });
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('that its caller leaves is no longer under way', async () => {
    const inProgress = async () =>
      Number(/^http_requests_in_progress (\d+)$/m.exec((await api.call('/metrics')).text)?.[1]);
    const { hostname, port } = new URL(api.suite.base_url);
    const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname));
    const half = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    for (const socket of sockets) socket.on('error', () => undefined).write(half);
    await waitFor(async () => (await inProgress()) >= 20);
    for (const socket of sockets) socket.destroy();
    await waitFor(async () => (await inProgress()) <= 3);
  });
});

/** Sends a path as it is: fetch would tidy it up. */
function rawStatus(path: string, headers: Record<string, string> = {}): Promise<{ status: number }> {
  const { hostname, port } = new URL(api.suite.base_url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0 }));
    })
      .once('error', reject)
      .end();
  });
}

function sendChunked(body: string): Promise<number> {
  const { hostname, port } = new URL(api.suite.base_url);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      path: PATH,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
    outgoing.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.once('error', reject);
    for (let offset = 0; offset < body.length; offset += 65_536) outgoing.write(body.slice(offset, offset + 65_536));
    outgoing.end();
  });
}

/** Sends bytes as they are. @returns the answer, to the end of the connection */
function send(text: string): Promise<string> {
  const { hostname, port } = new URL(api.suite.base_url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
