import { type CreateDiagnostic, Problem } from '@techze/contracts';
import { DiagnosticsApi } from '../src/upload/diagnostics-api.js';
import type { RetryNotice } from '../src/upload/retry.js';
import {
  type Answer,
  cut,
  cutInside,
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
  return { service, notices, api: new DiagnosticsApi(new URL(service.url), { clock, onRetry, tryTimeoutMs }) };
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

describe('create', () => {
  it('gives the stored diagnostic as it came, more than this agent knows included', async () => {
    const { service, api } = await setUp({ [DIAGNOSTICS]: [stored] });
    const { diagnostic, raw } = await api.create(body, 'token');
    expect(diagnostic.health?.score).toBe(24.5);
    expect(raw.of_a_newer_server).toBe(true);
    expect(service.received[0]).toMatchObject({ headers: { authorization: 'Bearer token' }, body });
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
    await api.create(body, 'token');
    const keys = new Set(service.received.map(({ headers }) => headers['idempotency-key']));
    expect([...keys]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(service.received).toHaveLength(5);
    expect(notices.map(({ delayMs }) => delayMs)).toEqual([500, 1_000, 2_000, 4_000]);
  });

  it('takes a new key for each diagnostic', async () => {
    const { service, api } = await setUp({ [DIAGNOSTICS]: [stored] });
    await api.create(body, 'token');
    await api.create(body, 'token');
    const [first, second] = service.received.map(({ headers }) => headers['idempotency-key']);
    expect(first).not.toBe(second);
  });

  it('does not wait for ever', async () => {
    const { api, notices } = await setUp({ [DIAGNOSTICS]: [silent] }, 30);
    await expect(api.create(body, 'token')).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringContaining('could not be reached in 5 tries: no answer within 0.03 s'),
    });
    expect(notices).toHaveLength(4);
  });

  it('ends with exit code 6 and the server’s words when it is never ready', async () => {
    const { service, api } = await setUp({ [DIAGNOSTICS]: [problem(new Problem('service-unavailable'))] });
    await expect(api.create(body, 'token')).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringContaining('was not ready in 5 tries. Service unavailable (503 service-unavailable)'),
    });
    expect(service.received).toHaveLength(5);
  });

  it('ends with exit code 5, every pointer and the request id when the body is refused', async () => {
    const errors = [{ pointer: '/type', detail: 'is not a type' }];
    const { service, api } = await setUp({ [DIAGNOSTICS]: [problem(new Problem('validation-failed', { errors }))] });
    await expect(api.create(body, 'token')).rejects.toMatchObject({
      exitCode: 5,
      hints: expect.arrayContaining(['/type: is not a type', `Request id: ${REQUEST_ID}`]),
    });
    expect(service.received).toHaveLength(1);
  });

  it('ends with exit code 4 when the token is not taken', async () => {
    const { api } = await setUp({ [DIAGNOSTICS]: [problem(new Problem('invalid-token'))] });
    await expect(api.create(body, 'old')).rejects.toMatchObject({ exitCode: 4 });
  });

  it.each([
    ['another service', json(200, { hello: 'world' })],
    ['a page', (_: unknown, response: { end(text: string): unknown }) => void response.end('<html>')],
  ])('ends with exit code 5 before %s', async (_, answer) => {
    const { api } = await setUp({ [DIAGNOSTICS]: [answer] });
    await expect(api.create(body, 'token')).rejects.toMatchObject({
      exitCode: 5,
      message: 'The server answered 200, but not as a TechZe service does.',
    });
  });

  it('carries a credential to no other place than the one given', async () => {
    const elsewhere = await FakeService.start({});
    const { api } = await setUp({ [DIAGNOSTICS]: [json(307, {}, { location: `${elsewhere.url}${DIAGNOSTICS}` })] });
    await expect(api.create(body, 'token')).rejects.toMatchObject({
      exitCode: 5,
      hints: ['The server redirects elsewhere: use that address as --server.'],
    });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.stop();
  });
});
