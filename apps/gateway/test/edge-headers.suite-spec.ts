import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'node:http';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api } from './support/api.js';

const ORIGIN = 'https://app.example.com';
/** The proxy of this test: any address of this machine's loop may send from. */
const PROXY = '127.0.0.9';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
}

describe('a gateway behind a proxy, with a web app of another origin', () => {
  let suite: Suite;
  let api: Api;

  beforeAll(async () => {
    suite = await startSuite({ scale: NO_BYSTANDERS, environment: { CORS_ORIGINS: ORIGIN, TRUSTED_PROXIES: PROXY } });
    api = new Api(suite.stack.demo);
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  function ask(path: string, headers: Record<string, string> = {}, options: { method?: string; from?: string } = {}) {
    const { from: localAddress, method } = options;
    return new Promise<Answer>((resolve, reject) => {
      request(`${api.suite.base_url}${path}`, {
        headers,
        ...(method && { method }),
        ...(localAddress && { localAddress }),
      })
        .once('response', (answer) => {
          answer.resume().once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
        })
        .once('error', reject)
        .end();
    });
  }
  const log = () => readFileSync(join(suite.stack.instances('gateway')[0]?.definition.logFile ?? ''), 'utf8');
  const paths = ['/live', '/api/docs', '/api/openapi.json', '/api/v1/auth/me', '/nope', '/api/v1/%zz', '/metrics'];

  it.each(paths)('tells browsers on %s what they need to know, and nobody what it runs on', async (path) => {
    const { headers } = await ask(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(String(headers.vary)).toContain('Origin');
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('lets pages of its list read answers, errors too, and of no other origin', async () => {
    for (const path of ['/api/v1/auth/me', '/nope', '/live']) {
      const { headers } = await ask(path, { origin: ORIGIN });
      expect(headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': expect.stringContaining('X-Request-Id'),
      });
      expect(String(headers.vary)).toContain('Origin');
      for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`, 'http://app.example.com', '*']) {
        const foreign = await ask(path, { origin });
        expect([origin, foreign.headers['access-control-allow-origin']]).toEqual([origin, undefined]);
      }
    }
  });

  it('answers the question before the question', async () => {
    const preflight = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' };
    const ours = await ask('/api/v1/diagnostics', { ...preflight, origin: ORIGIN }, { method: 'OPTIONS' });
    expect(ours).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-methods': expect.stringContaining('PATCH'),
        'access-control-allow-headers': expect.stringMatching(/authorization/i),
        'access-control-max-age': '600',
      },
    });
    const theirs = await ask(
      '/api/v1/diagnostics',
      { ...preflight, origin: 'https://evil.example' },
      { method: 'OPTIONS' },
    );
    expect(theirs.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('demands TLS of those who came by it, if a proxy of ours says so, and believes nobody else', async () => {
    const forwarded = { 'x-forwarded-proto': 'https' };
    expect((await ask('/live', forwarded)).headers).not.toHaveProperty('strict-transport-security');
    for (const path of ['/live', '/nope', '/api/v1/auth/me'])
      expect([path, (await ask(path, forwarded, { from: PROXY })).headers['strict-transport-security']]).toEqual([
        path,
        expect.stringMatching(/^max-age=\d{8}/),
      ]);
  });

  it('writes one line of JSON a request, whatever is in it', async () => {
    const id = '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f12';
    await ask(`/api/v1/nope%0d%0a{"level":"fatal"}`, {
      'x-request-id': id,
      'user-agent': '","level":"fatal"}\u009b31m{"level":"fatal"}\t',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-forwarded-for': 'evil"},{"level":"fatal',
    });
    await waitFor(() => log().includes(id));
    const lines = log().trim().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { level: string; request_id?: string; trace_id?: string });
    expect(parsed.filter(({ level }) => level === 'fatal')).toEqual([]);
    expect(parsed.find(({ request_id }) => request_id === id)).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    });
  });
});
