import { waitFor } from '@techze/testing';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { Api } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { rows } from './support/rows.js';

const api = new Api();

const audited = async (type: string, userId: string | null) =>
  rows<{ tenant_id: string; success: boolean; ip_address: string; request_id: string; details: object }>(
    'select * from audit_events where event_type = $1 and user_id is not distinct from $2 order by timestamp desc',
    [type, userId],
  );

describe('POST /api/v1/auth/login', () => {
  it('200 gives tokens and says who one is', async () => {
    const { email, password } = api.user('technician');
    const answer = await api.call('/api/v1/auth/login', { json: { email: ` ${email.toUpperCase()} `, password } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      user: {
        id: expect.any(String),
        email,
        name: expect.any(String),
        role: 'technician',
        tenant_id: api.suite.tenants[0]?.id,
      },
    });
    const [record] = await audited('LOGIN_SUCCEEDED', answer.body.user.id);
    expect(record).toMatchObject({ tenant_id: api.suite.tenants[0]?.id, success: true, ip_address: '127.0.0.1' });
    expect(record?.request_id).toBe(answer.headers.get('x-request-id'));
  });

  it('200 gives a token that the published key proves, with the promised claims', async () => {
    const { access_token, user } = await api.logIn('manager');
    const jwks = (await api.call('/.well-known/jwks.json')).body;
    const { kid, typ, alg } = decodeProtectedHeader(access_token);
    expect({ typ, alg }).toEqual({ typ: 'at+jwt', alg: 'EdDSA' });
    const jwk = jwks.keys.find((key: { kid: string }) => key.kid === kid);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const { payload } = await jwtVerify(access_token, await importJWK(jwk, 'EdDSA'));
    expect(payload).toMatchObject({
      sub: user.id,
      tenant_id: user.tenant_id,
      role: 'manager',
      iss: 'urn:techze:gateway',
      aud: 'techze',
    });
    expect(payload).toEqual(
      expect.objectContaining({ sid: expect.any(String), jti: expect.any(String), iat: expect.any(Number) }),
    );
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(900);
  });

  it('401 is one answer for a wrong password and an unknown account, and both are on record', async () => {
    const { email } = api.user('viewer');
    const [{ id }] = (await rows<{ id: string }>('select id from users where email = $1', [email])) as [{ id: string }];
    const wrong = await api.call('/api/v1/auth/login', { json: { email, password: 'not the password at all' } });
    const unknown = await api.call('/api/v1/auth/login', {
      json: { email: 'nobody@nowhere.example', password: 'not the password at all' },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect({ ...wrong.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
    expect((await audited('LOGIN_FAILED', id))[0]).toMatchObject({
      tenant_id: api.suite.tenants[0]?.id,
      success: false,
    });
    expect((await audited('LOGIN_FAILED', null))[0]).toMatchObject({ tenant_id: 'tnt_system', success: false });
  });

  it.each([
    ['no body', undefined],
    ['no password', { email: 'a@b.example' }],
    ['an e-mail that is none', { email: 'a', password: 'x' }],
    ['a field too many', { email: 'a@b.example', password: 'x', role: 'admin' }],
    ['an object for a password', { email: 'a@b.example', password: { $ne: '' } }],
    ['a password of a megabyte’s kin', { email: 'a@b.example', password: 'x'.repeat(2_000) }],
  ])('422 for %s, with a pointer', async (_case, json) => {
    const answer = await api.call('/api/v1/auth/login', { method: 'POST', ...(json && { json }) });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      code: 'validation-failed',
      errors: [{ pointer: expect.any(String), detail: expect.any(String) }],
    });
  });
});

describe('a bearer token', () => {
  const me = (authorization?: string) =>
    api.call('/api/v1/auth/me', authorization === undefined ? {} : { headers: { authorization } });

  it('opens what its role may see', async () => {
    const { access_token, user } = await api.logIn('viewer');
    expect((await me(`Bearer ${access_token}`)).body).toEqual(user);
  });

  it('401 has one body for every cause', async () => {
    const { access_token } = await api.logIn('viewer');
    const [header, payload] = access_token.split('.') as [string, string];
    const claims = decodeJwt(access_token);
    const stranger = await new SignJWT(claims)
      .setProtectedHeader({ ...decodeProtectedHeader(access_token), alg: 'HS256' })
      .sign(new Uint8Array(32));
    const answers = await Promise.all(
      [
        undefined,
        '',
        'Bearer',
        'Basic dGVzdDp0ZXN0',
        'Bearer x',
        `Bearer ${header}.${payload}.`,
        `Bearer ${access_token}x`,
        `Bearer ${stranger}`,
      ].map(me),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect({ ...answer.body, request_id: '' }).toEqual({ ...answers[0]?.body, request_id: '' });
    }
  });

  it('stops working everywhere within a second of the log-out', async () => {
    const { access_token } = await api.logIn('viewer');
    const authorization = `Bearer ${access_token}`;
    expect((await me(authorization)).status).toBe(200);
    expect((await api.call('/api/v1/auth/logout', { method: 'POST', headers: { authorization } })).status).toBe(204);
    await waitFor(async () => (await me(authorization)).status === 401, { timeoutMs: 1_000 });
  });

  it('of a disabled account stops working within a second', async () => {
    const { access_token, user } = await api.logIn('manager', 1);
    const authorization = `Bearer ${access_token}`;
    expect((await me(authorization)).status).toBe(200);
    try {
      await rows('update users set disabled_at = now() where id = $1', [user.id]);
      await waitFor(async () => (await me(authorization)).status === 401, { timeoutMs: 1_000 });
      const { email, password } = api.user('manager', 1);
      expect((await api.call('/api/v1/auth/login', { json: { email, password } })).body.code).toBe(
        'invalid-credentials',
      );
    } finally {
      await rows('update users set disabled_at = null where id = $1', [user.id]);
    }
  });
});

describe('a change of role', () => {
  /** As an admin of the tenant would: the database lets nobody else. */
  const setRole = ({ id, tenant_id }: { id: string; tenant_id: string }, role: string) =>
    rows(`select set_config('request.jwt.claims', '${JSON.stringify({ tenant_id, role: 'admin' })}', false);
          update users set role = '${role}' where id = '${id}'`);

  it('ends what older tokens may within a second, whoever else of the session is asked about', async () => {
    const old = await api.logIn('manager', 1);
    const post = (token: string) => api.call('/api/v1/diagnostics', { token, json: diagnosticBody() });
    expect((await post(old.access_token)).status).toBe(201);
    try {
      await setRole(old.user, 'viewer');
      const renewed = (await api.call('/api/v1/auth/refresh', { json: { refresh_token: old.refresh_token } })).body;
      const me = () => api.call('/api/v1/auth/me', { token: renewed.access_token });
      await waitFor(async () => (await me()).status === 200 && (await post(old.access_token)).status === 401, {
        timeoutMs: 1_000,
      });
      for (let time = 0; time < 5; time += 1) {
        expect((await me()).body.role).toBe('viewer');
        expect((await post(old.access_token)).status).toBe(401);
        expect((await post(renewed.access_token)).status).toBe(403);
      }
    } finally {
      await setRole(old.user, 'manager');
    }
  });
});

describe('POST /api/v1/auth/refresh', () => {
  const refresh = (refresh_token: string) => api.call('/api/v1/auth/refresh', { json: { refresh_token } });

  it('200 spends a token for the next one, and the new access token works', async () => {
    const first = await api.logIn('technician');
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect((await api.call('/api/v1/auth/me', { token: second.body.access_token })).status).toBe(200);
    expect((await refresh(second.body.refresh_token)).status).toBe(200);
  });

  it('ten at once leave one living child, and everybody is given it', async () => {
    const { refresh_token } = await api.logIn('technician');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  it('401 for a token that was spent long ago, and the whole session ends', async () => {
    const first = await api.logIn('technician');
    const second = (await refresh(first.refresh_token)).body;
    const session = decodeJwt<{ sid: string }>(first.access_token).sid;
    await rows(
      `update refresh_tokens set used_at = used_at - interval '11 seconds' where session_id = $1 and used_at is not null`,
      [session],
    );
    expect((await refresh(first.refresh_token)).body.code).toBe('invalid-refresh-token');
    expect((await refresh(second.refresh_token)).body.code).toBe('invalid-refresh-token');
    await waitFor(async () => (await api.call('/api/v1/auth/me', { token: second.access_token })).status === 401, {
      timeoutMs: 1_000,
    });
    expect(await audited('REFRESH_REUSE', first.user.id)).not.toHaveLength(0);
  });

  it.each([
    ['expired', `expires_at = now() - interval '1 second'`],
    ['idle for too long', `idle_expires_at = now() - interval '1 second'`],
  ])('401 when the session is %s', async (_case, change) => {
    const { refresh_token, access_token } = await api.logIn('technician');
    await rows(`update sessions set ${change} where id = $1`, [decodeJwt<{ sid: string }>(access_token).sid]);
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  it('401 for an unknown token, 422 for what is none', async () => {
    expect((await refresh('A'.repeat(43))).status).toBe(401);
    for (const rubbish of ['', 'short', `${'A'.repeat(42)}%`]) expect((await refresh(rubbish)).status).toBe(422);
  });
});

describe('POST /api/v1/auth/logout', () => {
  it('204 ends the session: its refresh token is worth nothing any more', async () => {
    const { access_token, refresh_token } = await api.logIn('viewer');
    expect((await api.call('/api/v1/auth/logout', { token: access_token, json: { refresh_token } })).status).toBe(204);
    expect((await api.call('/api/v1/auth/refresh', { json: { refresh_token } })).status).toBe(401);
  });

  it('leaves other sessions, and other people’s, alone', async () => {
    const [mine, other, stranger] = await Promise.all([
      api.logIn('viewer'),
      api.logIn('viewer'),
      api.logIn('technician', 1),
    ]);
    await api.call('/api/v1/auth/logout', {
      token: mine.access_token,
      json: { refresh_token: stranger.refresh_token },
    });
    for (const { refresh_token } of [other, stranger])
      expect((await api.call('/api/v1/auth/refresh', { json: { refresh_token } })).status).toBe(200);
  });

  it('never waits crosswise: two sessions that end each other at once are both answered', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = await Promise.all([api.logIn('technician'), api.logIn('technician')]);
      const answers = await Promise.all([
        api.call('/api/v1/auth/logout', { token: one.access_token, json: { refresh_token: two.refresh_token } }),
        api.call('/api/v1/auth/logout', { token: two.access_token, json: { refresh_token: one.refresh_token } }),
      ]);
      for (const { status } of answers) expect([204, 401]).toContain(status);
    }
  });
});
