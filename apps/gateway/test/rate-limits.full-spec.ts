import { randomUUID } from 'node:crypto';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { Enrollment } from './support/enrollment.js';
import { rows } from './support/rows.js';

/** What `npm start` has: an empty value is the default. */
const DOCUMENTED = Object.fromEntries(
  ['DEFAULT', 'AUTH', 'API_HEAVY', 'DIAGNOSTICS'].map((name) => [`RATE_LIMIT_${name}`, '']),
);
const NO_TOKEN = 'x'.repeat(43);
const UNKNOWN_ID = 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70';

interface Operation {
  readonly 'x-rate-limit-class': string;
  readonly responses: object;
}

describe('a suite with the documented limits', () => {
  let suite: Suite;
  let api: Api;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    // The tests are the proxy, so that each can have sources of its own.
    suite = await startSuite({
      scale: { ...NO_BYSTANDERS, gateway: 3 },
      environment: { ...DOCUMENTED, TRUSTED_PROXIES: '127.0.0.1' },
    });
    api = new Api(suite.stack.demo);
    // Three lines at once, or counts differ by what each gateway let pass before it had heard of the others.
    await waitFor(async () => (await Promise.all(gateways().map((base) => redisIsShared(base)))).every(Boolean));
  }, 120_000);
  afterAll(() => suite.stop(), 60_000);

  const gateways = () => api.suite.services.gateway!.map(({ port }) => `http://127.0.0.1:${port}`);
  const redisIsShared = async (base: string) => (await fetch(`${base}/ready`)).status === 200;
  let sources = 0;
  /** An address that nobody has used yet. */
  const newSource = () => `198.51.${Math.floor(++sources / 250)}.${(sources % 250) + 1}`;
  const from = (source: string, headers: Readonly<Record<string, string>> = {}) => ({
    'x-forwarded-for': source,
    ...headers,
  });
  const call = (path: string, how: Call = {}, gateway = 0): Promise<Answer> =>
    new Api({ ...api.suite, base_url: gateways()[gateway % 3]! }).call(path, {
      ...how,
      headers: { 'x-forwarded-for': newSource(), ...how.headers },
    });
  const tokenOf = async (role: string, tenant = 0): Promise<string> => {
    const known = tokens.get(`${role} ${tenant}`);
    if (known !== undefined) return known;
    const { email, password } = api.user(role, tenant);
    const answer = await call('/api/v1/auth/login', { json: { email, password } });
    if (answer.status !== 200) throw new Error(answer.text);
    tokens.set(`${role} ${tenant}`, answer.body.access_token);
    return answer.body.access_token;
  };
  /** So many at once, over all three gateways. */
  const storm = (count: number, path: string, how: Call = {}) =>
    Promise.all(Array.from({ length: count }, (_each, index) => call(path, how, index)));
  const refusedOf = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 429);
  const policyOf = async (path: string, token: string, gateway = 0) =>
    (await call(path, { token }, gateway)).headers.get('ratelimit-policy');
  const overrideLimits = (limits: unknown) =>
    rows(
      'update tenants set rate_limits = $2::jsonb where id = $1',
      [api.suite.tenants[1]?.id, JSON.stringify(limits)],
      api.suite,
    );
  const wrong = (email: string, source = newSource()): Call => ({
    json: { email, password: 'not the password' },
    headers: from(source),
  });

  it.each([
    ['default', 'manager', '/api/v1/devices', 100],
    ['diagnostics', 'manager', '/api/v1/diagnostics', 50],
    ['api_heavy', 'manager', `/api/v1/diagnostics/${UNKNOWN_ID}/report`, 20],
  ])('%s: of twice as many at once over three gateways the limit passes', async (name, role, path, limit) => {
    const token = await tokenOf(role);
    const answers = await storm(2 * limit, path, { token });
    expect(answers.length - refusedOf(answers).length).toBe(limit);
    for (const { headers } of answers) expect(headers.get('ratelimit-policy')).toBe(`"${name}";q=${limit};w=60`);
    const left = answers.map(({ headers }) =>
      Number(/^"\w+";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1]),
    );
    expect(Math.max(...left)).toBe(limit - 1);
    expect(new Set(left).size).toBe(limit);
  });

  it('a class does not use up another, nor a user a colleague', async () => {
    const [manager, viewer] = [await tokenOf('manager'), await tokenOf('viewer')];
    expect((await call('/api/v1/devices', { token: manager })).status).toBe(429);
    expect((await call('/api/v1/devices', { token: viewer })).status).toBe(200);
    expect((await call('/api/v1/auth/me', { token: viewer })).headers.get('ratelimit')).toMatch(/^"default";r=98;/);
    expect((await call('/api/v1/diagnostics', { token: viewer })).headers.get('ratelimit')).toMatch(
      /^"diagnostics";r=49;/,
    );
  });

  it('a 429 is a problem of ours and says when to come back', async () => {
    const answer = await call('/api/v1/devices?limit=1', { token: await tokenOf('manager') });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual({
      type: 'urn:techze:problem:rate-limited',
      title: 'Rate limited',
      status: 429,
      detail: expect.any(String),
      instance: '/api/v1/devices',
      code: 'rate-limited',
      request_id: answer.headers.get('x-request-id'),
    });
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answer.headers.get('ratelimit')).toBe(`"default";r=0;t=${seconds}`);
  });

  it('refusals are counted by class, never by tenant', async () => {
    const metrics = (await Promise.all(gateways().map(async (base) => (await fetch(`${base}/metrics`)).text()))).join(
      '',
    );
    for (const name of ['default', 'diagnostics', 'api_heavy'])
      expect(metrics).toMatch(new RegExp(`rate_limited_total\\{class="${name}"\\} [1-9]`));
  });

  it('auth: a source has ten, and another has its own', async () => {
    const source = newSource();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_each, index) =>
        call('/api/v1/auth/login', wrong(`${randomUUID()}@nowhere.example`, source), index),
      ),
    );
    expect(refusedOf(answers).length).toBe(10);
    expect(answers.filter(({ status }) => status === 401 || status === 503).length).toBe(10);
    expect(
      (await call('/api/v1/auth/refresh', { json: { refresh_token: NO_TOKEN }, headers: from(source) })).status,
    ).toBe(429);
    expect((await call('/api/v1/auth/login', wrong(`${randomUUID()}@nowhere.example`))).status).toBe(401);
  }, 60_000);

  it.each(['a known', 'an unknown'])(
    '%s account is tried ten times a minute from a source, and no source keeps another one out',
    async (kind) => {
      const email = kind === 'a known' ? api.user('operator').email : `${randomUUID()}@nowhere.example`;
      const answers: Answer[] = [];
      const source = newSource();
      for (let each = 0; each < 12; each += 1)
        answers.push(await call('/api/v1/auth/login', wrong(email, source), each));
      expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
      const { request_id: _id, ...document } = answers[11]?.body ?? {};
      expect(document).toMatchObject({ code: 'rate-limited', instance: '/api/v1/auth/login' });
      expect(Number(answers[11]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await call('/api/v1/auth/login', wrong(email))).status).toBe(401);
    },
    60_000,
  );

  it('a password reset of one account is asked for a hundred times a minute, from wherever, and keeps nobody from logging in', async () => {
    const email = `${randomUUID()}@nowhere.example`;
    const ask = { json: { email } };
    const answers: Answer[] = [];
    for (let each = 0; each < 102; each += 1) answers.push(await call('/api/v1/auth/password-reset', ask, each));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 100 }, () => 202), 429, 429]);
    expect((await call('/api/v1/auth/login', wrong(email))).status).toBe(401);
  }, 60_000);

  it('a forged X-Forwarded-For makes no other source: the hop that our proxy saw counts', async () => {
    const source = newSource();
    const answers: Answer[] = [];
    for (let each = 0; each < 12; each += 1)
      answers.push(
        await call('/api/v1/auth/refresh', {
          json: { refresh_token: NO_TOKEN },
          headers: from(`203.0.113.${each}, ${randomUUID()}, ${source}`),
        }),
      );
    expect(answers.map(({ status }) => status).slice(-3)).toEqual([401, 429, 429]);
    expect(refusedOf(answers).length).toBe(2);
  });

  it('IPv6: all addresses of a /64 are one source, the next /64 is another', async () => {
    const refresh = (source: string) =>
      call('/api/v1/auth/refresh', { json: { refresh_token: NO_TOKEN }, headers: from(source) });
    const answers: Answer[] = [];
    for (let each = 1; each <= 12; each += 1) answers.push(await refresh(`2001:db8:7:7::${each.toString(16)}`));
    expect(refusedOf(answers).length).toBe(2);
    expect((await refresh('2001:db8:7:8::1')).status).toBe(401);
  });

  it('whoever brings no valid credential has a hundred answers a minute, of any kind; who is known already goes on', async () => {
    const source = newSource();
    const paths = ['/api/v1/devices', '/api/v1/nowhere', '/api/v1/auth/login', '/api/v3/pool/stats'];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_each, index) =>
        call(
          paths[index % 4]!,
          { ...(index % 8 === 2 && { raw: '{', method: 'POST' }), token: `x.${index}.y`, headers: from(source) },
          index,
        ),
      ),
    );
    expect(answers.length - refusedOf(answers).length).toBe(100);
    for (const { headers } of answers) expect(headers.get('ratelimit-policy')).toBe('"source";q=100;w=60');
    for (const { body, headers } of refusedOf(answers)) {
      expect(body).toMatchObject({ status: 429, code: 'rate-limited', request_id: headers.get('x-request-id') });
      expect(headers.get('www-authenticate')).toBeNull();
    }
    const unreadable = await call('/%zz');
    expect(unreadable.status).toBe(400);
    expect(unreadable.headers.get('ratelimit')).toMatch(/^"source";r=\d+;t=60$/);
    const viewer = await tokenOf('viewer');
    await storm(3, '/api/v1/auth/me', { token: viewer });
    for (const answer of await storm(3, '/api/v1/auth/me', { token: viewer, headers: from(source) }))
      expect(answer.status).toBe(200);
    const admitting = new Enrollment(new Api({ ...api.suite, base_url: gateways()[0]! }), await tokenOf('admin'));
    const { credential } = await admitting.enroll();
    const report = { token: credential, json: {} };
    await storm(3, '/api/v1/diagnostics', report);
    for (const answer of await storm(3, '/api/v1/diagnostics', { ...report, headers: from(source) }))
      expect(answer.status).toBe(422);
    const unknown = { ...report, token: `tzd_${NO_TOKEN}`, headers: from(source) };
    for (const answer of await storm(3, '/api/v1/diagnostics', unknown)) expect(answer.status).toBe(429);
  }, 60_000);

  it.each(['/live', '/ready', '/health', '/metrics', '/api/v1/health', '/api/openapi.json', '/api/docs'])(
    '%s is not limited, also for a source that is',
    async (path) => {
      const source = newSource();
      await storm(110, '/api/v1/nowhere', { headers: from(source) });
      expect((await call('/api/v1/nowhere', { headers: from(source) })).status).toBe(429);
      const answers = await storm(12, path, { headers: from(source) });
      for (const { status, headers } of answers) {
        // The suite lacks the bystanders, and says so.
        expect(status).toBe(path === '/api/v1/health' ? 503 : 200);
        expect(headers.get('ratelimit')).toBeNull();
      }
    },
    60_000,
  );

  it('a tenant may have limits of its own, and ten times as much together; another tenant is not touched', async () => {
    const admitting = new Enrollment(new Api({ ...api.suite, base_url: gateways()[0]! }), await tokenOf('admin', 1));
    const agents: string[] = [];
    for (let each = 0; each < 7; each += 1) agents.push((await admitting.enroll()).credential);
    const people = await Promise.all(['admin', 'manager', 'technician', 'viewer'].map((role) => tokenOf(role, 1)));
    await overrideLimits({ diagnostics: '5/minute', api_heavy: '7/minute' });
    const report = `/api/v1/diagnostics/${UNKNOWN_ID}/report`;
    const policies = () => Promise.all([0, 1, 2].map((gateway) => policyOf(report, people[0]!, gateway)));
    await waitFor(async () => (await policies()).every((policy) => policy === '"api_heavy";q=7;w=60'), {
      timeoutMs: 30_000,
      everyMs: 500,
    });
    expect(await policyOf('/api/v1/findings', people[0]!)).toBe('"default";q=100;w=60');

    const perCaller: Answer[][] = [];
    for (const token of [...agents, ...people])
      perCaller.push(await storm(8, '/api/v1/diagnostics', { token, json: {} }));
    const passed = perCaller.map((answers) => answers.length - refusedOf(answers).length);
    expect(passed).toEqual([...Array.from({ length: 10 }, () => 5), 0]);
    expect(perCaller[0]?.[7]?.headers.get('ratelimit-policy')).toBe('"diagnostics";q=5;w=60');
    expect(perCaller[10]?.[7]?.headers.get('ratelimit-policy')).toBe('"diagnostics-tenant";q=50;w=60');

    const elsewhere = await call('/api/v1/diagnostics', { token: await tokenOf('technician') });
    expect(elsewhere.headers.get('ratelimit')).toMatch(/^"diagnostics";r=49;/);
  }, 120_000);

  it.each([
    [{ diagnostics: '0/minute' }],
    [{ diagnostics: '5 per minute' }],
    [{ diagnostics: '9999999/day' }],
    [{ diagnostics: 5 }],
    [{ diagnostics: null }],
    [{ unknown: '5/minute' }],
    [['5/minute']],
    [5],
    [null],
  ])('the database takes no limits such as %j', async (limits) => {
    await expect(overrideLimits(limits)).rejects.toThrow(/tenants_rate_limits_are_rates|cannot delete from/);
  });

  it('the OpenAPI document says of every operation which class it is of, and what its refusal looks like', async () => {
    const { paths } = (await call('/api/openapi.json')).body as { paths: Record<string, Record<string, Operation>> };
    const classes = new Map<string, string[]>();
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, { 'x-rate-limit-class': name, responses }] of Object.entries(item)) {
        classes.set(name, [...(classes.get(name) ?? []), `${method} ${path}`]);
        expect('429' in responses).toBe(name !== 'none');
      }
    }
    expect([...classes.keys()].sort()).toEqual(['api_heavy', 'auth', 'default', 'diagnostics', 'none']);
    expect(classes.get('none')?.sort()).toEqual(['get /api/v1/health']);
    expect(classes.get('auth')?.sort()).toEqual([
      'post /api/v1/auth/invitations/accept',
      'post /api/v1/auth/login',
      'post /api/v1/auth/logout',
      'post /api/v1/auth/password-reset',
      'post /api/v1/auth/password-reset/confirm',
      'post /api/v1/auth/refresh',
      'post /api/v1/devices/enroll',
    ]);
    expect(classes.get('api_heavy')?.sort()).toEqual([
      'get /api/v1/audit',
      'get /api/v1/audit/export',
      'get /api/v1/audit/verify',
      'get /api/v1/audit/{id}/proof',
      'get /api/v1/diagnostics/{id}/report',
    ]);
    expect(classes.get('diagnostics')?.length).toBe(8);
  });

  it('without Redis each gateway grants its third, nothing is a 5xx, and within 2 s of its return all share again', async () => {
    const { redis } = suite.stack;
    const token = await tokenOf('manager', 1);
    await call('/api/v1/auth/me', { token });
    await redis!.stop();
    await waitFor(async () => (await Promise.all(gateways().map(redisIsShared))).every((ready) => !ready));
    const answers = await storm(150, '/api/v1/auth/me', { token });
    for (const { status } of answers) expect([200, 429]).toContain(status);
    const passed = answers.length - refusedOf(answers).length;
    expect(passed).toBeGreaterThanOrEqual(96);
    expect(passed).toBeLessThanOrEqual(99);
    await redis!.start();
    const back = performance.now();
    const viewer = await tokenOf('viewer', 0);
    await waitFor(
      async () =>
        (await Promise.all([0, 1, 2].map((gateway) => call('/api/v1/auth/me', { token: viewer }, gateway)))).every(
          ({ headers }) => headers.get('ratelimit-policy') === '"default";q=100;w=60',
        ),
      { timeoutMs: 10_000 },
    );
    expect(performance.now() - back).toBeLessThan(2_000);
  }, 60_000);
});

describe('gateways without a trusted proxy', () => {
  it('take no word of X-Forwarded-For', async () => {
    const suite = await startSuite({ scale: NO_BYSTANDERS, environment: DOCUMENTED });
    try {
      const api = new Api(suite.stack.demo);
      const answers: Answer[] = [];
      for (let each = 0; each < 12; each += 1)
        answers.push(
          await api.call('/api/v1/auth/refresh', {
            json: { refresh_token: NO_TOKEN },
            headers: { 'x-forwarded-for': `203.0.113.${each}` },
          }),
        );
      expect(answers.filter(({ status }) => status === 429).length).toBe(2);
    } finally {
      await suite.stop();
    }
  }, 180_000);
});
