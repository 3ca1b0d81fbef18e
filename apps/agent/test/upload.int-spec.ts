import { type CreateDiagnostic, Problem } from '@techze/contracts';
import { ApiClient } from '../src/upload/api-client.js';
import { type Bearer, DiagnosticsApi } from '../src/upload/diagnostics-api.js';
import type { RetryNotice } from '../src/upload/retry.js';
import {
  type Answer,
  cut,
  cutInside,
  drip,
  endless,
  FakeService,
  json,
  loggedIn,
  problem,
  REQUEST_ID,
  silent,
  stored,
} from './fake-service.js';

const LOGIN = '/api/v1/auth/login';
const DIAGNOSTICS = '/api/v1/diagnostics';
const body: CreateDiagnostic = {
  device: { hostname: 'balcao-03' },
  type: 'full',
  collected_at: '2026-11-22T08:00:00Z',
  schema_version: 1,
  tags: [],
  sections: { cpu: { status: 'ok', data: {} } },
};

let service: FakeService | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

/** The API before a server with those answers; waiting takes no time. */
async function setUp(answers: Record<string, Answer[]>, tryTimeoutMs = 5_000) {
  service = await FakeService.start(answers);
  const notices: RetryNotice[] = [];
  const clock = { now: () => 0, pause: () => Promise.resolve(), random: () => 1 };
  const onRetry = (notice: RetryNotice) => notices.push(notice);
  const client = new ApiClient(new URL(service.url), { clock, onRetry, tryTimeoutMs });
  return { service, notices, api: new DiagnosticsApi(client) };
}

describe('logIn', () => {
  const credentials = { email: 'technician@balcao.example', password: 'a long pass phrase' };

  it('sends the password once and gives the access token', async () => {
    const { service, api } = await setUp({ [LOGIN]: [loggedIn] });
    expect(await api.logIn(credentials)).toBe('an.access.token');
    expect(service.received).toMatchObject([{ method: 'POST', path: LOGIN, body: credentials }]);
  });

  it('asks nobody when there is a token already', async () => {
    const { service, api } = await setUp({});
    expect(await api.logIn({ token: 'mine' })).toBe('mine');
    expect(service.received).toEqual([]);
  });

  it('is final with exit code 4 when refused', async () => {
    const { service, api } = await setUp({ [LOGIN]: [problem(new Problem('invalid-credentials'))] });
    await expect(api.logIn(credentials)).rejects.toMatchObject({
      exitCode: 4,
      message: 'Invalid credentials (401 invalid-credentials): The e-mail or the password is wrong.',
    });
    expect(service.received).toHaveLength(1);
  });
});

describe('deliver', () => {
  const bearer: Bearer = { token: 'token', kind: 'account' };
  const payload = JSON.stringify(body);
  const KEY = '0b6ab0a8-6d5f-4b7e-9f43-2f2f5f0d7c11';
  const deliver = (api: DiagnosticsApi, as = bearer) => api.deliver(payload, KEY, as);

  it('sends the bytes as they are, with token and key', async () => {
    const { service, api } = await setUp({ [DIAGNOSTICS]: [stored] });
    expect(await deliver(api)).toMatchObject({ outcome: 'stored', id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' });
    expect(service.received).toMatchObject([
      { headers: { authorization: 'Bearer token', 'idempotency-key': KEY }, body },
    ]);
  });

  it('tries again with the same key after a cut, a wait and a pause of the server', async () => {
    const { service, notices, api } = await setUp({
      [DIAGNOSTICS]: [
        cut,
        cutInside,
        problem(new Problem('overloaded'), { 'retry-after': '2' }),
        problem(new Problem('idempotency-key-in-use')),
        stored,
      ],
    });
    expect((await deliver(api)).outcome).toBe('stored');
    expect(service.received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(5).fill(KEY));
    expect(notices.map(({ delayMs }) => delayMs)).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it.each([
    ['does not answer', silent, 200, /could not be reached in 5 tries: no answer within 0.2 s/],
    ['answers drop by drop', drip, 200, /could not be reached in 5 tries: no answer within 0.2 s/],
    ['answers without end', endless, 5_000, /could not be reached in 5 tries: the answer is too large/],
  ])('does not wait for a server that %s, and keeps the diagnostic', async (_, answer, limitMs, message) => {
    const { api, notices } = await setUp({ [DIAGNOSTICS]: [answer] }, limitMs);
    const failure = { exitCode: 6, message: expect.stringMatching(message) };
    expect(await deliver(api)).toMatchObject({ outcome: 'kept', failure });
    expect(notices).toHaveLength(4);
  });

  it('keeps it, with the server’s words and its wish to be left alone, when the server is never ready', async () => {
    const { service, api } = await setUp({
      [DIAGNOSTICS]: [problem(new Problem('service-unavailable'), { 'retry-after': '1' })],
    });
    const words = 'was not ready in 5 tries. Service unavailable (503 service-unavailable)';
    expect(await deliver(api)).toMatchObject({
      outcome: 'kept',
      retryAfterMs: 1_000,
      failure: { exitCode: 6, message: expect.stringContaining(words) },
    });
    expect(service.received).toHaveLength(5);
  });

  it.each(['malformed-json', 'payload-too-large', 'unsupported-media-type', 'validation-failed'] as const)(
    'gives it up after %s, with every pointer and the request id',
    async (code) => {
      const errors = [{ pointer: '/type', detail: 'is not a type' }];
      const { service, api } = await setUp({ [DIAGNOSTICS]: [problem(new Problem(code, { errors }))] });
      expect(await deliver(api)).toMatchObject({
        outcome: 'rejected',
        failure: { exitCode: 5, hints: expect.arrayContaining(['/type: is not a type', `Request id: ${REQUEST_ID}`]) },
      });
      expect(service.received).toHaveLength(1);
    },
  );

  it.each([
    ['invalid-token', 4, 'account', /TECHZE_TOKEN may have expired/],
    ['invalid-token', 4, 'device', /revoked or replaced: enroll it again with --force/],
    ['forbidden', 5, 'account', /role technician/],
    ['forbidden', 5, 'device', /copied from another machine/],
    ['route-not-found', 5, 'device', /Check the server address/],
    ['internal', 5, 'device', /tell the operator/],
  ] as const)(
    'keeps it after %s, with exit code %d and what to do with a credential of the %s',
    async (code, exitCode, kind, hint) => {
      const { api } = await setUp({ [DIAGNOSTICS]: [problem(new Problem(code))] });
      const hints = expect.arrayContaining([expect.stringMatching(hint)]);
      const serverBroke = code === 'internal';
      expect(await deliver(api, { token: 'x', kind })).toMatchObject({
        outcome: 'kept',
        serverBroke,
        failure: { exitCode, hints },
      });
    },
  );

  it.each([
    ['another service', json(200, { hello: 'world' })],
    [
      'a page to log in with, as in a hotel',
      (_: unknown, response: { end(text: string): unknown }) => void response.end('<html>'),
    ],
  ])('takes %s for no receipt, and keeps it', async (_, answer) => {
    const { api } = await setUp({ [DIAGNOSTICS]: [answer] });
    expect(await deliver(api)).toMatchObject({
      outcome: 'kept',
      failure: { exitCode: 5, message: 'The server answered 200, but not as a TechZe service does.' },
    });
  });

  it('carries a credential to no other place than the one given', async () => {
    const elsewhere = await FakeService.start({});
    const { api } = await setUp({ [DIAGNOSTICS]: [json(307, {}, { location: `${elsewhere.url}${DIAGNOSTICS}` })] });
    expect(await deliver(api)).toMatchObject({
      outcome: 'kept',
      failure: { exitCode: 5, hints: ['The server redirects elsewhere: use that address as --server.'] },
    });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });
});
