import { randomUUID } from 'node:crypto';
import { keyAreas, keyScopes, newId } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody } from './support/diagnostics.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const KEYS = '/api/v1/api-keys';
const DEVICES = '/api/v1/devices';
const DIAGNOSTICS = '/api/v1/diagnostics';
let tenant: OwnTenant;
let admin: string;

interface Made {
  readonly id: string;
  readonly key: string;
}

const ask = (settings: Readonly<Record<string, unknown>> = {}, headers: Readonly<Record<string, string>> = {}) =>
  api.call(KEYS, {
    token: admin,
    json: { name: 'Machine', role: 'viewer', scopes: ['devices:read'], ...settings },
    headers,
  });
const make = async (settings?: Readonly<Record<string, unknown>>): Promise<Made> => {
  const answer = await ask(settings);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const revoke = (id: string, token = admin) => api.call(`${KEYS}/${id}`, { method: 'DELETE', token });

beforeAll(async () => {
  tenant = await ownTenant(api);
  admin = await tenant.tokenOf('admin');
});

describe('/api/v1/api-keys', () => {
  it('201 shows the key once, and keeps only its hash', async () => {
    const settings = {
      name: ' Nightly export ',
      role: 'technician',
      scopes: ['devices:read', 'diagnostics:write'],
      source_addresses: ['127.0.0.0/8', '2001:db8::/32'],
      expires_at: '2100-01-01T01:00:00+01:00',
    };
    const answer = await ask(settings);
    expect(answer.status).toBe(201);
    const { key, ...shown } = answer.body;
    expect(key).toMatch(/^tzk_[A-Za-z0-9_-]{43}$/);
    expect(shown).toEqual({
      ...settings,
      name: 'Nightly export',
      id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
      expires_at: '2100-01-01T00:00:00.000Z',
      last_used_at: null,
      last_used_address: null,
      revoked_at: null,
      created_by: expect.any(String),
      created_at: expect.any(String),
    });
    expect(answer.headers.get('location')).toBe(`${KEYS}/${shown.id}`);
    const one = await api.call(`${KEYS}/${shown.id}`, { token: admin });
    expect(one.body).toEqual(shown);
    const page = await api.call(`${KEYS}?limit=1`, { token: admin });
    expect(page.body.data).toEqual([shown]);
    const stored = await rows('select * from api_keys where id = $1', [shown.id]);
    const audited = await rows<{ details: unknown }>(
      `select user_id, actor_type, details from audit_events where resource_id = $1 and event_type = 'KEY_CREATED'`,
      [shown.id],
    );
    expect(audited).toMatchObject([{ user_id: shown.created_by, actor_type: 'user', details: { kind: 'api_key' } }]);
    expect(JSON.stringify([stored, audited, one.body, page.body])).not.toContain(key.slice(4));
  });

  it('201 repeated under its key brings the very same key again, which nobody has kept', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [await ask({}, headers), await ask({}, headers)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await ask({ name: 'Another' }, headers)).body.code).toBe('idempotency-key-reused');
    const kept = await rows('select * from idempotency_keys where key = $1', [headers['idempotency-key']]);
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain(first.body.key.slice(4));
    expect((await api.call(DEVICES, { token: again.body.key })).status).toBe(200);
  });

  it('422 for another admin with the same key and body, wherever an answer shows a secret', async () => {
    const one = await tenant.logIn('admin');
    const [second] = await rows<{ email: string }>(
      `insert into users (id, tenant_id, email, name, role, password_hash)
       select gen_random_uuid(), tenant_id, 'second-' || email, name, role, password_hash from users where id = $1
       returning email`,
      [one.user.id],
    );
    const json = { email: second?.email, password: api.user('admin').password };
    const other = (await api.call('/api/v1/auth/login', { json })).body;
    const invited = { email: `${randomUUID()}@x.example`, name: 'Invited', role: 'viewer' };
    const repeated = async (path: string, body: Record<string, unknown> | undefined) => {
      const headers = { 'idempotency-key': randomUUID() };
      const call = { method: 'POST', headers, ...(body && { json: body }) };
      const first = await api.call(path, { ...call, token: one.access_token });
      const foreign = await api.call(path, { ...call, token: other.access_token });
      const again = await api.call(path, { ...call, token: one.access_token });
      expect([path, first.status, foreign.body.code, again.text]).toEqual([
        path,
        201,
        'idempotency-key-reused',
        first.text,
      ]);
      return first.body;
    };
    await repeated(KEYS, { name: 'Machine', role: 'viewer', scopes: ['devices:read'] });
    await repeated('/api/v1/enrollment-tokens', { name: 'Bench' });
    const { id } = await repeated('/api/v1/users', invited);
    await repeated(`/api/v1/users/${id}/invitation`, undefined);
  });

  it.each<[string, Record<string, unknown>]>([
    ['/name', { name: ' ' }],
    ['/name', { name: 'x'.repeat(201) }],
    ['/name', { name: 'nul\u0000' }],
    ['/name', { name: undefined }],
    ['/role', { role: 'admin' }],
    ['/role', { role: 'operator' }],
    ['/scopes', { scopes: [] }],
    ['/scopes', { scopes: undefined }],
    ['/scopes', { scopes: 'devices:read' }],
    ['/scopes', { scopes: ['devices:read', 'devices:read'] }],
    ['/scopes', { scopes: Array.from({ length: 1_000 }, () => 'devices:read') }],
    ['/scopes/0', { scopes: ['users:write'] }],
    ['/scopes/0', { scopes: ['*'] }],
    ['/scopes/1', { scopes: ['devices:read', 7] }],
    ['/expires_at', { expires_at: '2020-01-01T00:00:00Z' }],
    ['/expires_at', { expires_at: 'tomorrow' }],
    ['/source_addresses/0', { source_addresses: ['10.0.0.0/33'] }],
    ['/source_addresses/0', { source_addresses: ['300.0.0.1'] }],
    ['/source_addresses/0', { source_addresses: ['2001:db8::/129'] }],
    ['/source_addresses/1', { source_addresses: ['10.0.0.0/8', 'example.com'] }],
    ['/source_addresses', { source_addresses: ['10.0.0.1', '10.0.0.1'] }],
    ['/key', { key: `tzk_${'A'.repeat(43)}` }],
  ])('422 points at %s of %j', async (pointer, settings) => {
    const answer = await ask(settings);
    expect([answer.status, answer.body.errors?.map((each: { pointer: string }) => each.pointer)]).toEqual([
      422,
      expect.arrayContaining([pointer]),
    ]);
  });

  it('422 for more source addresses than anybody looks through', async () => {
    const source_addresses = Array.from({ length: 101 }, (_, nth) => `10.0.0.${nth}`);
    expect((await ask({ source_addresses })).body.errors[0].pointer).toBe('/source_addresses');
  });

  it('403 for everybody but admins, keys themselves too', async () => {
    const strongest = (await make({ role: 'manager', scopes: keyScopes })).key;
    const manager = await tenant.tokenOf('manager');
    for (const token of [strongest, manager, await api.tokenOf('operator')]) {
      expect((await api.call(KEYS, { token })).status).toBe(403);
      expect((await api.call(KEYS, { token, json: {} })).status).toBe(403);
      expect((await revoke(newId('key'), token)).status).toBe(403);
    }
  });

  it('404 byte for byte the same for another tenant’s key, which goes on', async () => {
    const { id, key } = await make();
    const stranger = await api.tokenOf('admin', 1);
    const unknown = newId('key');
    for (const method of ['GET', 'DELETE']) {
      const foreign = await api.call(`${KEYS}/${id}`, { method, token: stranger });
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, id)).toEqual(
        comparable(await api.call(`${KEYS}/${unknown}`, { method, token: stranger }), unknown),
      );
    }
    expect((await api.call(`${KEYS}/key_x`, { token: admin })).status).toBe(404);
    expect((await api.call(DEVICES, { token: key })).status).toBe(200);
  });

  it('409 beyond a thousand that live: of ten at once for the last place exactly one gets it', async () => {
    const full = await ownTenant(api);
    await rows(
      `insert into api_keys (tenant_id, id, name, key_hash, role, scopes, revoked_at, expires_at)
       select $1::text, 'key_' || md5($1::text || n), 'n', md5($1::text || n), 'viewer', '{devices:read}',
         case when n = 1000 then now() end, case when n = 1001 then now() end
       from generate_series(1, 1001) n`,
      [full.id],
    );
    const token = await full.tokenOf('admin');
    const json = { name: 'Machine', role: 'viewer', scopes: ['devices:read'] };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call(KEYS, { token, json })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('too-many-api-keys');
  });
});

describe('a key', () => {
  it('may what its role may, on what its scopes open', async () => {
    const { key } = await make({ role: 'technician', scopes: ['devices:read', 'diagnostics:write'] });
    expect((await api.call(DEVICES, { token: key })).status).toBe(200);
    expect((await api.call(DIAGNOSTICS, { token: key, json: diagnosticBody() })).status).toBe(201);
    for (const [path, json] of [
      [DIAGNOSTICS, undefined],
      [DEVICES, { hostname: 'x' }],
      ['/api/v1/findings', undefined],
    ] as const) {
      const answer = await api.call(path, { token: key, json });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'insufficient-scope']);
    }
    const viewer = await make({ role: 'viewer', scopes: ['diagnostics:read', 'diagnostics:write'] });
    expect((await api.call(DIAGNOSTICS, { token: viewer.key })).status).toBe(200);
    expect((await api.call(DIAGNOSTICS, { token: viewer.key, json: diagnosticBody() })).body.code).toBe('forbidden');
  });

  it('is who did it: in the audit, and in what asks for a finder’s name', async () => {
    const { id, key } = await make({ role: 'technician', scopes: ['diagnostics:write'] });
    const sent = await api.call(DIAGNOSTICS, { token: key, json: diagnosticBody() });
    expect(
      await rows('select tenant_id, actor_type, user_id from audit_events where resource_id = $1', [sent.body.id]),
    ).toEqual([{ tenant_id: tenant.id, actor_type: 'api_key', user_id: id }]);
  });

  it('reads and writes its own tenant and no other', async () => {
    const { key } = await make({ role: 'technician', scopes: keyScopes });
    const theirs = await api.call(DIAGNOSTICS, {
      token: await api.tokenOf('technician', 1),
      json: diagnosticBody(),
    });
    const unknown = newId('dgn');
    const foreign = await api.call(`${DIAGNOSTICS}/${theirs.body.id}`, { token: key });
    expect(foreign.status).toBe(404);
    expect(comparable(foreign, theirs.body.id)).toEqual(
      comparable(await api.call(`${DIAGNOSTICS}/${unknown}`, { token: key }), unknown),
    );
  });

  it('is let into no operation without a scope, and into each other only with that very scope', async () => {
    const { paths } = (await api.call('/api/openapi.json')).body;
    const all = (await make({ role: 'manager', scopes: keyScopes })).key;
    const without = new Map<string, string>();
    const opened = new Set<string>();
    for (const [path, item] of Object.entries<Record<string, Record<string, unknown>>>(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (!operation['x-allowed-roles']) continue;
        const scope = operation['x-api-key-scope'] as string | undefined;
        const call = { method: method.toUpperCase(), token: all, ...(method !== 'get' && { json: {} }) };
        const target = path.replaceAll(/\{\w+\}/g, 'x');
        if (scope === undefined) {
          expect([method, path, (await api.call(target, call)).status]).toEqual([method, path, 403]);
          continue;
        }
        opened.add(scope);
        let key = without.get(scope);
        if (key === undefined) {
          key = (await make({ role: 'manager', scopes: keyScopes.filter((each) => each !== scope) })).key;
          without.set(scope, key);
        }
        const answer = await api.call(target, { ...call, token: key });
        expect([method, path, answer.body.code]).toEqual([method, path, 'insufficient-scope']);
      }
    }
    const areas = new Set([...opened].map((scope) => scope.split(':', 1)[0]));
    expect([...areas].sort()).toEqual([...keyAreas].sort());
  }, 60_000);

  it('401 is one answer for one that is unknown, malformed, revoked, or used from elsewhere', async () => {
    const [gone, elsewhere] = await Promise.all([
      make(),
      make({ source_addresses: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'] }),
    ]);
    expect((await revoke(gone.id)).status).toBe(204);
    const call = (token: string, headers = {}) => api.call(DEVICES, { token, headers });
    const unknown = await call(`tzk_${'A'.repeat(43)}`);
    expect([unknown.status, unknown.body.code]).toEqual([401, 'invalid-token']);
    for (const token of [gone.key, elsewhere.key, 'tzk_', `${gone.key}A`, gone.key.slice(0, -1), gone.id])
      expect(comparable(await call(token), 'no id')).toEqual(comparable(unknown, 'no id'));
    // Nobody's word for where he is counts, but a proxy's of ours.
    const forwarded = await call(elsewhere.key, { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' });
    expect(comparable(forwarded, 'no id')).toEqual(comparable(unknown, 'no id'));
    const stored = await rows<{ key_hash: string }>('select key_hash from api_keys where id = $1', [gone.id]);
    expect((await call(`tzk_${stored[0]?.key_hash}`)).status).toBe(401);
  });

  it.each(['127.0.0.0/8', '127.0.0.1', '::ffff:127.0.0.0/104'])(
    '200 from %s, where it may be used from',
    async (block) => {
      const { key } = await make({ source_addresses: ['2001:db8::/32', block] });
      expect((await api.call(DEVICES, { token: key })).status).toBe(200);
    },
  );

  it('ends with its revocation, once and again, and with nothing else of its admin’s', async () => {
    const { id, key } = await make();
    expect((await api.call(DEVICES, { token: key })).status).toBe(200);
    expect((await revoke(id)).status).toBe(204);
    expect((await api.call(DEVICES, { token: key })).status).toBe(401);
    expect((await revoke(id)).status).toBe(204);
    const one = await api.call(`${KEYS}/${id}`, { token: admin });
    expect(one.body.revoked_at).toEqual(expect.any(String));
    expect(await count(`select 1 from audit_events where resource_id = $1 and event_type = 'KEY_REVOKED'`, [id])).toBe(
      1,
    );
  });

  it('ends to the second when it expires, although answers about it are trusted', async () => {
    const expiresAt = Date.now() + 1_500;
    const { key } = await make({ expires_at: new Date(expiresAt).toISOString() });
    const seen: { status: number; begun: number; ended: number }[] = [];
    await waitFor(
      async () => {
        const begun = Date.now();
        const { status } = await api.call(DEVICES, { token: key });
        seen.push({ status, begun, ended: Date.now() });
        return status === 401;
      },
      { timeoutMs: 10_000 },
    );
    expect(seen.some(({ status }) => status === 200)).toBe(true);
    expect(seen.filter(({ status, ended }) => status === 401 && ended < expiresAt)).toEqual([]);
    expect(seen.filter(({ status, begun }) => status !== 401 && begun >= expiresAt)).toEqual([]);
  });

  it('tells when and from where it was last used, to about a minute', async () => {
    const { id, key } = await make();
    const before = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => api.call(DEVICES, { token: key })));
    const used = async () => (await api.call(`${KEYS}/${id}`, { token: admin })).body;
    await waitFor(async () => (await used()).last_used_at !== null);
    const first = await used();
    expect(Date.parse(first.last_used_at)).toBeGreaterThanOrEqual(before);
    expect(first.last_used_address).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$/);
    await api.call(DEVICES, { token: key });
    expect((await used()).last_used_at).toBe(first.last_used_at);
  });
});
