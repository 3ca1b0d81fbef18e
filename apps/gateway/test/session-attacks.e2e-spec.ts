import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { waitFor } from '@techze/testing';
import { decodeJwt } from 'jose';
import { Api, type Answer } from './support/api.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const ME = '/api/v1/auth/me';

let tenant: OwnTenant;
beforeAll(async () => {
  tenant = await ownTenant(api);
});

const refresh = (refresh_token: string) => api.call('/api/v1/auth/refresh', { json: { refresh_token } });
const me = (token: string) => api.call(ME, { token });
const sidOf = (token: string) => decodeJwt<{ sid: string }>(token).sid;
/** Nothing of a session lives: neither its access tokens nor any refresh token that it ever gave. */
async function isDead(accessTokens: string[], refreshTokens: string[]): Promise<void> {
  for (const token of accessTokens) await waitFor(async () => (await me(token)).status === 401, { timeoutMs: 1_000 });
  const answers = await Promise.all(refreshTokens.map(refresh));
  expect(answers.map(({ status }) => status)).toEqual(refreshTokens.map(() => 401));
}
const pairsOf = (answers: Answer[]) => answers.filter(({ status }) => status === 200).map(({ body }) => body);

describe('a bearer token', () => {
  /** As it stands on the wire: fetch would put it right. */
  const raw = (path: string, headers: string[]) =>
    new Promise<{ status: number; www: unknown; body: Record<string, unknown> }>((resolve, reject) => {
      request(
        `${api.suite.base_url}${path}`,
        { headers: ['host', 'x', ...headers] as never, method: 'GET' },
        (answer) => {
          let text = '';
          answer.on('data', (piece: Buffer) => (text += piece.toString()));
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              www: answer.headers['www-authenticate'],
              body: { ...JSON.parse(text), request_id: '', instance: '' },
            }),
          );
        },
      )
        .on('error', reject)
        .end();
    });

  it('is taken from one Authorization header and from nowhere else; every other way is one answer', async () => {
    const token = await tenant.tokenOf('viewer');
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect((await raw(ME, ['authorization', `${scheme} ${token}`])).status).toBe(200);
    const refused = await Promise.all([
      raw(ME, []),
      raw(`${ME}?access_token=${token}&token=${token}`, []),
      raw(ME, ['cookie', `access_token=${token}; Authorization=Bearer ${token}`]),
      raw(ME, ['x-access-token', token]),
      raw(ME, ['proxy-authorization', `Bearer ${token}`]),
      raw(ME, ['authorization', token]),
      raw(ME, ['authorization', `Bearer`]),
      raw(ME, ['authorization', `Bearer${token}`]),
      raw(ME, ['authorization', `Bearer ${token} ${token}`]),
      raw(ME, ['authorization', `Bearer ${token}, Bearer ${token}`]),
      raw(ME, ['authorization', `Bearer "${token}"`]),
      raw(ME, ['authorization', `Basic ${Buffer.from(`x:${token}`).toString('base64')}`]),
      raw(ME, ['authorization', `Bearer ${token.replace('.', '. ')}`]),
      raw(ME, ['authorization', `Bearer ${token}=`]),
      raw(ME, ['authorization', `Bearer ${token.toLowerCase()}`]),
      raw(ME, ['authorization', `Bearer tzd_${'A'.repeat(43)}`]),
      raw(ME, ['authorization', `Bearer tzk_${'A'.repeat(43)}`]),
    ]);
    for (const answer of refused)
      expect(answer).toEqual({ status: 401, www: 'Bearer error="invalid_token"', body: refused[0]?.body });
  });

  it('twice in one request opens nothing that one of them alone would not', async () => {
    const token = await tenant.tokenOf('viewer');
    const good = `Bearer ${token}`;
    // Node takes the first of two; that both orders differ is all that a caller gains by it.
    expect((await raw(ME, ['authorization', 'Bearer x', 'authorization', good])).status).toBe(401);
  });
});

describe('a chain of refresh tokens', () => {
  it('has one living end: a parent within its grace gives the spent child again, and that its own', async () => {
    const first = await api.logIn('technician');
    const child = (await refresh(first.refresh_token)).body;
    const grandchild = (await refresh(child.refresh_token)).body;
    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(child.refresh_token);
    expect((await refresh(child.refresh_token)).body.refresh_token).toBe(grandchild.refresh_token);
    const sid = sidOf(first.access_token);
    expect(await count('select 1 from refresh_tokens where session_id = $1 and used_at is null', [sid])).toBe(1);
  });

  it('dies whole when any spent link comes again too late, once on record, however deep and often', async () => {
    const tokens = [await api.logIn('viewer')];
    for (let depth = 0; depth < 3; depth += 1) tokens.push((await refresh(tokens.at(-1)?.refresh_token ?? '')).body);
    const sid = sidOf(tokens[0]?.access_token ?? '');
    await rows(`update refresh_tokens set used_at = used_at - interval '11 s' where session_id = $1`, [sid]);
    const reuse = await Promise.all(Array.from({ length: 5 }, () => refresh(tokens[1]?.refresh_token ?? '')));
    expect(reuse.map(({ body }) => body.code)).toEqual(Array(5).fill('invalid-refresh-token'));
    await isDead(
      tokens.map(({ access_token }) => access_token),
      tokens.map(({ refresh_token }) => refresh_token),
    );
    expect(
      await count(`select 1 from audit_events where event_type = 'REFRESH_REUSE' and resource_id = $1`, [sid]),
    ).toBe(1);
  });

  it('is given nothing that it cannot go on with: a child of an earlier server key is refused, not made up', async () => {
    const { refresh_token, access_token } = await api.logIn('viewer');
    await refresh(refresh_token);
    await rows('update refresh_tokens set token_hash = $2 where session_id = $1 and used_at is null', [
      sidOf(access_token),
      randomUUID(),
    ]);
    expect((await refresh(refresh_token)).status).toBe(401);
    expect((await me(access_token)).status).toBe(200);
  });
});

describe('ten refreshes that race with', () => {
  const race = async (refresh_token: string, end: () => Promise<unknown>) => {
    const refreshes = Array.from({ length: 10 }, () => refresh(refresh_token));
    await end();
    return pairsOf(await Promise.all(refreshes));
  };

  it('a log-out leave nothing alive', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { access_token, refresh_token } = await api.logIn('technician');
      const pairs = await race(refresh_token, () =>
        api.call('/api/v1/auth/logout', { method: 'POST', token: access_token }),
      );
      await isDead(
        [access_token, ...pairs.map((pair) => pair.access_token)],
        [refresh_token, ...pairs.map((pair) => pair.refresh_token)],
      );
    }
  });

  it('the end of all other sessions leave nothing alive', async () => {
    const mine = await api.logIn('admin', 1);
    const { access_token, refresh_token } = await api.logIn('admin', 1);
    const pairs = await race(refresh_token, () =>
      api.call('/api/v1/auth/sessions', { method: 'DELETE', token: mine.access_token }),
    );
    await isDead(
      [access_token, ...pairs.map((pair) => pair.access_token)],
      [refresh_token, ...pairs.map((pair) => pair.refresh_token)],
    );
  });

  it('a suspension of the tenant leave nothing alive, and it answers as to a wrong password', async () => {
    const own = await ownTenant(api);
    const [{ email } = { email: '' }] = await rows<{ email: string }>(
      `select email from users where tenant_id = $1 and role = 'viewer'`,
      [own.id],
    );
    const json = { email, password: api.user('viewer').password };
    const logIn = (changes = {}) => api.call('/api/v1/auth/login', { json: { ...json, ...changes } });
    const { access_token, refresh_token } = (await logIn()).body;
    const pairs = await race(refresh_token, () =>
      rows('update tenants set suspended_at = now() where id = $1', [own.id]),
    );
    await isDead(
      [access_token, ...pairs.map((pair) => pair.access_token)],
      [refresh_token, ...pairs.map((pair) => pair.refresh_token)],
    );
    const [suspended, wrong] = [await logIn(), await logIn({ password: 'not the password at all' })];
    expect(suspended.status).toBe(401);
    expect({ ...suspended.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' });
  });
});

describe('a log-in that verified the password before another one was set', () => {
  it('opens no session', async () => {
    const own = await ownTenant(api);
    const [user] = await rows<{ id: string; email: string }>(
      `select id, email from users where tenant_id = $1 and role = 'viewer'`,
      [own.id],
    );
    const json = { email: user?.email, password: api.user('viewer').password };
    const logIns = Array.from({ length: 6 }, () => api.call('/api/v1/auth/login', { json }));
    await rows(`update users set password_hash = 'none' where id = $1`, [user?.id]);
    const [{ at } = { at: new Date() }] = await rows<{ at: Date }>(
      'select password_changed_at as at from users where id = $1',
      [user?.id],
    );
    await Promise.all(logIns);
    expect(await count('select 1 from sessions where user_id = $1 and created_at > $2', [user?.id, at])).toBe(0);
  });
});
