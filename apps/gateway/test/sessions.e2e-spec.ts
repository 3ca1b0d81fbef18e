import { waitFor } from '@techze/testing';
import { decodeJwt } from 'jose';
import { Api, type Answer } from './support/api.js';
import { comparable } from './support/comparable.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const SESSIONS = '/api/v1/auth/sessions';

let tenant: OwnTenant;
beforeAll(async () => {
  tenant = await ownTenant(api);
});

const sidOf = (token: string) => decodeJwt<{ sid: string }>(token).sid;
const list = (token: string, query = '') => api.call(`${SESSIONS}${query}`, { token });
const end = (token: string, id = '') => api.call(`${SESSIONS}${id && `/${id}`}`, { method: 'DELETE', token });
const idsOf = (answer: Answer): string[] => answer.body.data.map(({ id }: { id: string }) => id);
const stops = (token: string) =>
  waitFor(async () => (await api.call('/api/v1/auth/me', { token })).status === 401, { timeoutMs: 1_000 });
const audited = (resource: string) =>
  rows<{ user_id: string; details: object }>(
    `select user_id, details from audit_events where event_type = 'SESSION_REVOKED' and resource_id = $1`,
    [resource],
  );

describe('GET /api/v1/auth/sessions', () => {
  it('200 lists where one is logged in, newest first, and says which one asks', async () => {
    const [old, current] = [await tenant.tokenOf('viewer'), await tenant.tokenOf('viewer')];
    await tenant.tokenOf('admin');
    const answer = await list(current);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: [
        {
          id: sidOf(current),
          created_at: expect.any(String),
          last_used_at: expect.any(String),
          expires_at: expect.any(String),
          ip_address: '127.0.0.1',
          user_agent: 'node',
          current: true,
        },
        expect.objectContaining({ id: sidOf(old), current: false }),
      ],
      page: { next_cursor: null, has_more: false },
    });
    const [{ created_at, last_used_at, expires_at }] = answer.body.data;
    expect(last_used_at).toBe(created_at);
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(7 * 86_400_000);
  });

  it('says when a session was last refreshed, and that it ends after 30 days at the latest', async () => {
    const { access_token, refresh_token } = await api.logIn('viewer');
    const sid = sidOf(access_token);
    await rows(
      `update sessions set created_at = created_at - interval '29 days', last_used_at = last_used_at - interval '1 day',
         expires_at = expires_at - interval '29 days' where id = $1`,
      [sid],
    );
    await api.call('/api/v1/auth/refresh', { json: { refresh_token } });
    const all = await list(access_token, '?limit=200');
    const { created_at, last_used_at, expires_at } = all.body.data.find((each: { id: string }) => each.id === sid);
    expect(Date.now() - Date.parse(last_used_at)).toBeLessThan(60_000);
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(30 * 86_400_000);
  });

  it('leaves out what was ended, has expired or was idle for too long', async () => {
    const [current, ...over] = await Promise.all(Array.from({ length: 4 }, () => tenant.tokenOf('technician')));
    const [ended, expired, idle] = over.map(sidOf);
    await end(current as string, ended);
    await rows(`update sessions set expires_at = now() where id = $1`, [expired]);
    await rows(`update sessions set idle_expires_at = now() where id = $1`, [idle]);
    expect(idsOf(await list(current as string))).toEqual([sidOf(current as string)]);
  });

  it('comes in pages that miss and repeat nothing', async () => {
    const tokens: string[] = [];
    for (let nth = 0; nth < 5; nth += 1) tokens.push(await tenant.tokenOf('manager'));
    const seen: string[] = [];
    let cursor = '';
    do {
      const answer = await list(tokens[0] as string, `?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(answer));
      cursor = answer.body.page.next_cursor ?? '';
    } while (cursor);
    expect(seen).toEqual(tokens.map(sidOf).reverse());
    for (const query of ['?cursor=x', '?limit=0', '?user_id=1'])
      expect((await list(tokens[0] as string, query)).status).toBe(422);
  });
});

describe('DELETE /api/v1/auth/sessions/{id}', () => {
  it('204 ends one of one’s own everywhere within a second, for good, on record; the others stand', async () => {
    const mine = await tenant.tokenOf('viewer');
    const lost = await tenant.tokenOf('viewer');
    expect((await api.call('/api/v1/auth/me', { token: lost })).status).toBe(200);
    expect((await end(mine, sidOf(lost))).status).toBe(204);
    await stops(lost);
    expect((await list(mine)).status).toBe(200);
    expect(await audited(sidOf(lost))).toEqual([{ user_id: decodeJwt(mine).sub, details: {} }]);
    expect((await end(mine, sidOf(lost))).body.code).toBe('session-not-found');
    expect(await audited(sidOf(lost))).toHaveLength(1);
  });

  it('204 ends the one that asks: its refresh token is worth nothing any more', async () => {
    const { access_token, refresh_token } = await api.logIn('viewer');
    expect((await end(access_token, sidOf(access_token))).status).toBe(204);
    expect((await api.call('/api/v1/auth/refresh', { json: { refresh_token } })).status).toBe(401);
    await stops(access_token);
  });

  it('404 for a colleague’s, for another tenant’s and for an unknown one is one answer, and nothing ends', async () => {
    const [admin, colleague, stranger] = await Promise.all([
      tenant.tokenOf('admin'),
      tenant.tokenOf('viewer'),
      api.tokenOf('viewer', 1),
    ]);
    const ids = [`ses_${'0'.repeat(32)}`, sidOf(colleague), sidOf(stranger)];
    const answers = await Promise.all(ids.map(async (id) => comparable(await end(admin, id), id)));
    expect(answers[0]?.status).toBe(404);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    for (const id of ['rubbish', '%27', 'x'.repeat(500)])
      expect((await end(admin, id)).body.code).toBe('session-not-found');
    expect((await end(admin, '%00')).status).toBe(404);
    for (const token of [colleague, stranger]) expect((await list(token)).status).toBe(200);
  });

  it('two at once end it once', async () => {
    const [mine, lost] = [await tenant.tokenOf('viewer'), await tenant.tokenOf('viewer')];
    const answers = await Promise.all([end(mine, sidOf(lost)), end(mine, sidOf(lost))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
    expect(await audited(sidOf(lost))).toHaveLength(1);
  });
});

describe('DELETE /api/v1/auth/sessions', () => {
  it('204 ends all but the one that asks, of nobody else, on record', async () => {
    const [other, another, colleague, mine] = await Promise.all(
      ['technician', 'technician', 'viewer', 'technician'].map((role) => tenant.tokenOf(role)),
    );
    expect((await end(mine as string)).status).toBe(204);
    await Promise.all([other, another].map((token) => stops(token as string)));
    for (const token of [mine, colleague]) expect((await list(token as string)).status).toBe(200);
    expect(idsOf(await list(mine as string))).toEqual([sidOf(mine as string)]);
    const [record] = await audited(decodeJwt(mine as string).sub as string);
    expect(record?.details).toMatchObject({ session_ids: expect.arrayContaining([sidOf(other as string)]) });
    expect(
      await count(`select 1 from sessions where user_id = $1 and revoked_reason = 'revoked'`, [
        decodeJwt(mine as string).sub,
      ]),
    ).toBeGreaterThanOrEqual(2);
  });

  it('two sessions that end each other at once are both answered, and one of them stands at most', async () => {
    for (let round = 0; round < 5; round += 1) {
      const tokens = await Promise.all([tenant.tokenOf('manager'), tenant.tokenOf('manager')]);
      const answers = await Promise.all(tokens.map((token) => end(token)));
      for (const { status } of answers) expect([204, 401]).toContain(status);
    }
  });
});

it('none of them is an agent’s or nobody’s', async () => {
  for (const [path, method] of [
    [SESSIONS, 'GET'],
    [SESSIONS, 'DELETE'],
    [`${SESSIONS}/ses_${'0'.repeat(32)}`, 'DELETE'],
  ] as const)
    expect((await api.call(path, { method })).status).toBe(401);
});
