import { Logger } from '@techze/observability';
import fastify, { type FastifyInstance } from 'fastify';
import { apiHeaders } from './security-headers.js';
import { leaveLane, shedLoad } from './shed-load.js';

const ORIGIN = 'https://app.example.com';
const MOST = 1_024;

describe('a gateway with more under way than it can do', () => {
  let server: FastifyInstance;
  let finish: () => void;
  let parked: boolean;
  let hooks: string[];

  beforeEach(() => {
    server = fastify();
    hooks = [];
    parked = false;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    shedLoad(server, [ORIGIN], Logger.to({ write: () => undefined }));
    server.addHook('onRequest', async () => void hooks.push('onRequest'));
    const slow = { handler: async () => finished.then(() => 'done') };
    server.route({ method: ['GET', 'POST'], url: '/api/v1/things', ...slow });
    server.route({ method: 'GET', url: '/api/v1/things/:id', ...slow });
    server.get('/api/v1/others', () => 'done');
    for (const url of ['login', 'password-reset/confirm']) server.get(`/api/v1/auth/${url}`, slow.handler);
    for (const url of ['me', 'refresh', 'logout', 'sessions/:id']) server.get(`/api/v1/auth/${url}`, () => 'done');
    server.get('/api/v1/devices/enroll', slow.handler);
    server.get('/api/v1/devices/:id', () => 'done');
    server.get('/live', () => 'done');
    server.get('/api/v1/streams', async (request, reply) => {
      parked = true;
      leaveLane(request, reply);
      await finished;
      return 'done';
    });
  });
  afterEach(async () => {
    finish();
    await server.close();
  });

  /** Settles when so many are under way. @returns their answers to come */
  async function fill(url: string, count = MOST) {
    await server.ready();
    const answers = Promise.all(Array.from({ length: count }, () => server.inject({ url })));
    while (hooks.length < count) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return { answers };
  }

  it('refuses the next one before anything is spent on it, in the API’s words', async () => {
    await fill('/api/v1/things');
    const requestId = '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11';
    const begun = hooks.length;
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v1/things?x=1',
      headers: { 'x-request-id': requestId, 'content-type': 'application/json', origin: ORIGIN },
      body: '{',
    });
    expect(hooks.length).toBe(begun);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      ...apiHeaders,
      'content-type': 'application/problem+json; charset=utf-8',
      'retry-after': '1',
      'x-request-id': requestId,
      'access-control-allow-origin': ORIGIN,
    });
    expect(answer.json()).toMatchObject({
      status: 503,
      code: 'overloaded',
      instance: '/api/v1/things',
      request_id: requestId,
    });
  });

  it('tells a page of a foreign origin nothing', async () => {
    await fill('/api/v1/things');
    const answer = await server.inject({ url: '/api/v1/things', headers: { origin: 'https://evil.example' } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('still answers on other routes, and always says how it is', async () => {
    await fill('/api/v1/things');
    expect((await server.inject('/api/v1/others')).statusCode).toBe(200);
    expect((await server.inject('/live')).statusCode).toBe(200);
    expect((await server.inject('/api/v1/things/7')).statusCode).toBe(503);
  });

  it('lets in whoever has a session while everybody tries to log in', async () => {
    await fill('/api/v1/auth/login');
    expect((await server.inject('/api/v1/auth/password-reset/confirm')).statusCode).toBe(503);
    for (const url of ['me', 'refresh', 'logout', 'sessions/7'])
      expect((await server.inject(`/api/v1/auth/${url}`)).statusCode).toBe(200);
  });

  it('serves the devices that are in while everybody tries to enroll', async () => {
    await fill('/api/v1/devices/enroll');
    expect((await server.inject('/api/v1/devices/enroll')).statusCode).toBe(503);
    expect((await server.inject('/api/v1/devices/7')).statusCode).toBe(200);
  });

  it.each([401, 429, 503])('learns no pace from %i', (status) => {
    const leave = jest.fn();
    const request = { lane: { leave } } as unknown as Parameters<typeof leaveLane>[0];
    leaveLane(request, { statusCode: status } as Parameters<typeof leaveLane>[1]);
    expect(leave.mock.calls).toEqual([[false]]);
  });

  it('has room again once those are answered', async () => {
    const { answers } = await fill('/api/v1/things');
    finish();
    for (const answer of await answers) expect(answer.statusCode).toBe(200);
    expect((await server.inject('/api/v1/things')).statusCode).toBe(200);
  });

  it('counts nobody who waits on purpose', async () => {
    await fill('/api/v1/streams', 10);
    expect(parked).toBe(true);
    await fill('/api/v1/streams', MOST);
    finish();
    expect((await server.inject('/api/v1/streams')).statusCode).toBe(200);
  });
});
