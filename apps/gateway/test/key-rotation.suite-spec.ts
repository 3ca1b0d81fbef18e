import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NO_BYSTANDERS, startSuite, waitFor, type Suite } from '@techze/testing';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import { Api, type Answer } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';

const CLI = join(process.cwd(), 'dist/libs/local-stack/src/cli/techze-keys.js');
const run = promisify(execFile);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

/** What is asked all the time: of the gateway itself, over Redis, and as a write there. */
class Load {
  readonly failures: string[] = [];
  asked = 0;
  private going = true;
  private readonly workers: Promise<void>[] = [];

  constructor(private readonly gateways: readonly Api[]) {}

  with(name: string, token: string): void {
    const calls = [
      (api: Api) => api.call('/api/v1/auth/me', { token }),
      (api: Api) => api.call('/api/v1/customers', { token }),
      (api: Api) => api.call('/api/v1/customers', { token, json: { name: randomUUID() } }),
    ];
    this.workers.push(...calls.map((call) => this.repeat(name, call)));
  }

  async end(): Promise<void> {
    this.going = false;
    await Promise.all(this.workers);
  }

  private async repeat(name: string, call: (api: Api) => Promise<Answer>): Promise<void> {
    for (let round = 0; this.going; round += 1) {
      const answer = await call(this.gateways[round % 2] as Api);
      this.asked += 1;
      if (answer.status >= 400) this.failures.push(`${name}: ${answer.status} ${answer.text}`);
      await pause(25);
    }
  }
}

describe('keys of tokens, exchanged under load on two gateways', () => {
  let suite: Suite;
  let gateways: readonly [Api, Api];
  let folder: string;
  let metrics: string[];
  let load: Load | undefined;

  beforeAll(async () => {
    suite = await startSuite({ scale: { ...NO_BYSTANDERS, gateway: 2 } });
    const { demo } = suite.stack;
    const urls = Object.values(demo.services).flatMap((instances) =>
      instances.map(({ port }) => `http://127.0.0.1:${port}`),
    );
    metrics = urls.map((url) => `${url}/metrics`);
    gateways = (demo.services.gateway ?? []).map(
      ({ port }) => new Api({ ...demo, base_url: `http://127.0.0.1:${port}` }),
    ) as unknown as [Api, Api];
    const file = suite.stack.instances('gateway')[0]?.definition.environment['AUTH_JWKS_FILE'];
    if (file === undefined) throw new Error('the gateway has no key file');
    folder = dirname(file);
  }, 120_000);
  afterAll(async () => {
    await load?.end();
    await suite.stop();
  }, 60_000);

  const keys = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [CLI, ...args, '--metrics', ...metrics])).stdout;
  const published = async (): Promise<string[]> => {
    const sets = await Promise.all(gateways.map((api) => api.call('/.well-known/jwks.json')));
    expect(sets[0]?.text).not.toMatch(/"(d|iss)"/);
    expect(sets[1]?.text).toBe(sets[0]?.text);
    return sets[0]?.body.keys.map(({ kid }: { kid: string }) => kid);
  };
  const me = (token: string, gateway = 0) => (gateways[gateway] as Api).call('/api/v1/auth/me', { token });

  it('no request fails, with older tokens or newer; once retired, older tokens are 401', async () => {
    const { credential } = await (await Enrollment.of(gateways[0])).enroll();
    const old = await gateways[0].logIn('technician');
    const [before] = await published();
    load = new Load(gateways);
    load.with('old', old.access_token);

    await keys('publish', folder);
    await waitFor(async () => (await published()).length === 2, { timeoutMs: 5_000 });
    const [, next] = await published();
    expect(kidOf((await gateways[1].logIn('viewer')).access_token)).toBe(before);

    expect(await keys('activate', folder)).toContain('have taken the new keys to sign with');
    for (const api of gateways) expect(kidOf((await api.logIn('viewer')).access_token)).toBe(next);
    const young = await gateways[1].logIn('technician');
    load.with('young', young.access_token);
    const refreshed = (await gateways[1].call('/api/v1/auth/refresh', { json: { refresh_token: old.refresh_token } }))
      .body;
    expect(kidOf(refreshed.access_token)).toBe(next);
    const sent = { token: credential, json: diagnosticBody() };
    for (const api of gateways) expect((await api.call('/api/v1/diagnostics', sent)).status).toBe(201);
    const asked = load.asked;
    await waitFor(() => (load?.asked ?? 0) > asked + 50);
    expect((await me(old.access_token)).status).toBe(200);
    await load.end();
    expect(load.failures).toEqual([]);

    load = new Load(gateways);
    load.with('young', young.access_token);
    await keys('retire', folder, '--now');
    for (const gateway of [0, 1])
      await waitFor(async () => (await me(old.access_token, gateway)).status === 401, { timeoutMs: 3_000 });
    expect(await published()).toEqual([next]);
    for (const gateway of [0, 1]) expect((await me(refreshed.access_token, gateway)).status).toBe(200);
    for (const api of gateways) expect((await api.call('/api/v1/diagnostics', sent)).status).toBe(201);
    await load.end();
    expect(load.failures).toEqual([]);
  }, 120_000);

  it('what the right key signed and is no access token is 401, in one answer with every other', async () => {
    const { sub, tenant_id, role, sid } = decodeJwt((await gateways[0].logIn('viewer')).access_token);
    const { kid, ...jwk } = JSON.parse(readFileSync(join(folder, 'gateway.jwk.json'), 'utf8'));
    const key = await importJWK(jwk, 'EdDSA');
    const forge = (claims: object, { typ = 'at+jwt', ...header }: { typ?: string; [name: string]: unknown } = {}) =>
      new SignJWT({ sub, tenant_id, role, sid, iss: 'urn:techze:gateway', aud: 'techze', jti: 'jti', ...claims })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ, ...header })
        .setIssuedAt()
        .setExpirationTime('10 m')
        .sign(key);
    expect((await me(await forge({}))).status).toBe(200);
    const actor = { kind: 'user', sub, tenant_id, role, sid };
    const tokens = await Promise.all([
      forge({ actor }, { typ: 'ctx+jwt' }),
      forge({}, { typ: 'JWT' }),
      ...['sub', 'tenant_id', 'role', 'sid', 'iss', 'aud', 'jti'].map((claim) => forge({ [claim]: undefined })),
      forge({ role: 'admin' }),
      forge({ sid: `ses_${'0'.repeat(32)}` }),
      forge({ tenant_id: suite.stack.demo.tenants[1]?.id }),
      forge({ sub: randomUUID() }),
      forge({ aud: 'another' }),
      forge({}, { jwk: { kty: 'OKP' } }),
    ]);
    const answers = await Promise.all(['rubbish', ...tokens].map((token) => me(token)));
    const [first] = answers.map((answer) => comparable(answer, 'none'));
    expect(first?.status).toBe(401);
    for (const answer of answers) expect(comparable(answer, 'none')).toEqual(first);
  });
});
