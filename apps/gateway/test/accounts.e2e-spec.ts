import { createHash, randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { comparable } from './support/comparable.js';
import { mailedToken, mailsTo } from './support/mails.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

const api = new Api();
const PASSWORD = 'lanterna verde sobre o telhado';
const OTHER_PASSWORD = 'o rato azul comeu o vidro';

let tenant: OwnTenant;
let admin: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  admin = await tenant.tokenOf('admin');
});

const newEmail = () => `${randomUUID()}@accounts.example`;
const logIn = (email: string, password = PASSWORD) => api.call('/api/v1/auth/login', { json: { email, password } });
const me = (token: string) => api.call('/api/v1/auth/me', { token });
const create = (json: object, headers = {}) => api.call('/api/v1/users', { token: admin, json, headers });
const change = (id: string, json: object, headers = {}, token = admin) =>
  api.call(`/api/v1/users/${id}`, { method: 'PATCH', token, json, headers });
const remove = (id: string, token = admin) => api.call(`/api/v1/users/${id}`, { method: 'DELETE', token });

/** A user who can log in. */
async function user(role = 'technician'): Promise<{ id: string; email: string }> {
  const email = newEmail();
  const made = await create({ email, name: 'Ana', role, password: PASSWORD });
  expect(made.status).toBe(201);
  return { id: made.body.id, email };
}

const ended = (token: string) => waitFor(async () => (await me(token)).status === 401, { timeoutMs: 1_000 });
const audited = (type: string, resource: string) =>
  rows<{ user_id: string; success: boolean; details: Record<string, unknown> }>(
    'select user_id, success, details from audit_events where event_type = $1 and resource_id = $2 order by timestamp',
    [type, resource],
  );
const without = ({ body }: Answer) => ({ ...body, request_id: '' });

describe('POST /api/v1/users', () => {
  it('201 with a password: the person logs in, and it is on record', async () => {
    const email = newEmail();
    const made = await create({
      email: ` ${email.toUpperCase()}`,
      name: 'Ana Souza',
      role: 'manager',
      password: PASSWORD,
    });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/v1/users/${made.body.id}`);
    expect(made.headers.get('etag')).toBe('"v1"');
    const { invitation, ...shown } = made.body;
    expect(invitation).toBeNull();
    expect(shown).toMatchObject({
      email,
      name: 'Ana Souza',
      role: 'manager',
      disabled: false,
      invited: false,
      version: 1,
    });
    expect((await api.call(`/api/v1/users/${shown.id}`, { token: admin })).body).toEqual(shown);
    expect((await logIn(email)).body.user).toMatchObject({ id: shown.id, role: 'manager', tenant_id: tenant.id });
    const [record] = await audited('USER_CREATED', shown.id);
    expect(record?.success).toBe(true);
    expect(JSON.stringify(record)).not.toContain(PASSWORD);
  });

  it('201 without one: an invitation goes out, and whoever holds it chooses password and name, once', async () => {
    const email = newEmail();
    const { body } = await create({ email, name: 'Ana', role: 'technician' });
    expect(body).toMatchObject({ invited: true, invitation: { sent_to: email } });
    expect(body.invitation.token).toBeUndefined();
    const days = (Date.parse(body.invitation.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThanOrEqual(7.01);
    expect(without(await logIn(email))).toEqual(without(await logIn(newEmail())));

    const token = await mailedToken(email);
    const accept = (json: object) => api.call('/api/v1/auth/invitations/accept', { json: { token, ...json } });
    const weak = await accept({ password: 'Ana2026Ana2026Ana' });
    expect(weak.body).toMatchObject({ code: 'validation-failed', errors: [{ pointer: '/password' }] });
    const accepted = await accept({ password: PASSWORD, name: 'Ana Souza' });
    expect(accepted.status).toBe(200);
    expect(accepted.body.user).toMatchObject({ id: body.id, email, name: 'Ana Souza', role: 'technician' });
    expect((await me(accepted.body.access_token)).status).toBe(200);
    expect((await accept({ password: OTHER_PASSWORD })).body.code).toBe('invalid-one-time-token');
    expect((await logIn(email)).status).toBe(200);
    expect((await api.call(`/api/v1/users/${body.id}`, { token: admin })).body).toMatchObject({ invited: false });
    expect(await audited('USER_INVITED', body.id)).toHaveLength(1);
    expect(await audited('USER_INVITATION_ACCEPTED', body.id)).toMatchObject([{ user_id: body.id, success: true }]);
  });

  it('the same Idempotency-Key makes one user; another password is another request; no password is kept', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const json = { email: newEmail(), name: 'Ana', role: 'viewer', password: PASSWORD };
    const first = await create(json, headers);
    const again = await create(json, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await create({ ...json, password: OTHER_PASSWORD }, headers)).body.code).toBe('idempotency-key-reused');
    const [kept] = await rows<{ request_hash: string; response: object }>(
      'select request_hash, response from idempotency_keys where key = $1',
      [headers['idempotency-key']],
    );
    const { email, name, password, role } = json;
    const guessable = createHash('sha256').update(JSON.stringify({ email, name, password, role })).digest('hex');
    expect(kept?.request_hash).not.toBe(guessable);
    expect(JSON.stringify(kept)).not.toContain(PASSWORD);
  });

  it('409 in the same words for an e-mail of one’s own tenant and of another one', async () => {
    const own = await user();
    const answers = await Promise.all(
      [own.email, api.user('viewer', 1).email].map((email) => create({ email, name: 'Ana', role: 'viewer' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    expect(without(answers[0]!)).toEqual(without(answers[1]!));
    expect(answers[0]!.body.code).toBe('user-exists');
  });

  it.each([
    ['an operator', { role: 'operator' }, '/role'],
    ['an agent', { role: 'agent' }, '/role'],
    ['an e-mail that is none', { email: 'ana' }, '/email'],
    ['an e-mail with a second reader', { email: 'a@x.example, b@x.example' }, '/email'],
    ['an e-mail with a header', { email: 'a@x.example\r\nBcc: b@x.example' }, '/email'],
    ['a name of two lines', { name: 'Ana\nhttps://evil.example' }, '/name'],
    ['a name of blanks', { name: '   ' }, '/name'],
    ['a tenant', { tenant_id: 'tnt_system' }, '/tenant_id'],
    ['a hash', { password_hash: 'x' }, '/password_hash'],
    ['a password of 14 characters', { password: 'k7#dPq!xv92zLm' }, '/password'],
    ['a password that anybody would guess', { password: 'passwordpassword1' }, '/password'],
    ['a password of half a character', { password: `${PASSWORD}\ud800` }, '/password'],
    ['a password of more than a thousand', { password: PASSWORD.repeat(40) }, '/password'],
  ])('422 for %s, with its pointer', async (_case, fields, pointer) => {
    const answer = await create({ email: newEmail(), name: 'Ana', role: 'viewer', ...fields });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(answer.text).not.toContain('passwordpassword1');
  });

  it.each(['viewer', 'technician', 'manager'])('403 for a %s, who lists nobody either', async (role) => {
    const token = await tenant.tokenOf(role);
    const json = { email: newEmail(), name: 'Ana', role: 'admin' };
    expect((await api.call('/api/v1/users', { token, json })).status).toBe(403);
    expect((await api.call('/api/v1/users', { token })).status).toBe(403);
  });
});

describe('GET /api/v1/users', () => {
  it('every user once, page by page, also those who were made in one moment, and filtered', async () => {
    const own = await ownTenant(api);
    const token = await own.tokenOf('admin');
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: Answer = await api.call(`/api/v1/users?limit=1${query}`, { token });
      seen.push(...body.data.map(({ role }: { role: string }) => role));
      cursor = body.page.next_cursor;
    } while (cursor !== null);
    expect(seen.sort()).toEqual(['admin', 'manager', 'technician', 'viewer']);
    const filtered = async (query: string) =>
      (await api.call(`/api/v1/users?${query}`, { token })).body.data.map(({ role }: { role: string }) => role);
    expect(await filtered('role=viewer')).toEqual(['viewer']);
    expect(await filtered('disabled=true')).toEqual([]);
    expect(await filtered('disabled=false&role=admin')).toEqual(['admin']);
    expect(await filtered(`email=${encodeURIComponent(api.user('viewer', 1).email)}`)).toEqual([]);
    for (const query of ['role=operator', 'disabled=maybe', 'tenant_id=x', 'cursor=x', 'limit=0'])
      expect((await api.call(`/api/v1/users?${query}`, { token })).status).toBe(422);
  });

  it('another tenant’s user is an unknown one, to every verb', async () => {
    const [{ id }] = (await rows<{ id: string }>('select id from users where email = $1', [
      api.user('viewer', 1).email,
    ])) as [{ id: string }];
    const unknown = randomUUID();
    const verbs = [
      (each: string) => api.call(`/api/v1/users/${each}`, { token: admin }),
      (each: string) => change(each, { name: 'Mine' }),
      (each: string) => remove(each),
      (each: string) => api.call(`/api/v1/users/${each}/invitation`, { method: 'POST', token: admin }),
    ];
    for (const verb of verbs) {
      const foreign = await verb(id);
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, id)).toEqual(comparable(await verb(unknown), unknown));
      expect((await verb('not-an-id')).body.code).toBe('user-not-found');
    }
  });
});

describe('PATCH /api/v1/users/{id}', () => {
  it('a name changes, sessions go on; what was read before is 412', async () => {
    const { id, email } = await user();
    const { access_token } = (await logIn(email)).body;
    const changed = await change(id, { name: 'Beatriz' }, { 'if-match': '"v1"' });
    expect(changed.body).toMatchObject({ name: 'Beatriz', version: 2 });
    expect(changed.headers.get('etag')).toBe('"v2"');
    expect((await change(id, { name: 'Carla' }, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await me(access_token)).body.name).toBe('Beatriz');
    expect(await audited('USER_UPDATED', id)).toMatchObject([
      { details: { before: { name: expect.anything() }, after: { name: expect.anything() } } },
    ]);
  });

  it('a role that changes ends the sessions within a second; the next log-in has the new one', async () => {
    const { id, email } = await user();
    const old = (await logIn(email)).body;
    expect((await me(old.access_token)).status).toBe(200);
    expect((await change(id, { role: 'technician' })).status).toBe(200);
    expect((await me(old.access_token)).status).toBe(200); // it is the role that it was
    expect((await change(id, { role: 'viewer' })).body.role).toBe('viewer');
    await ended(old.access_token);
    expect((await api.call('/api/v1/auth/refresh', { json: { refresh_token: old.refresh_token } })).status).toBe(401);
    expect((await logIn(email)).body.user.role).toBe('viewer');
  });

  it('who is disabled is out within a second, and in again when enabled', async () => {
    const { id, email } = await user();
    const { access_token } = (await logIn(email)).body;
    expect((await change(id, { disabled: true })).body.disabled).toBe(true);
    await ended(access_token);
    expect(without(await logIn(email))).toEqual(without(await logIn(newEmail())));
    expect((await change(id, { disabled: false })).body.disabled).toBe(false);
    expect((await me(access_token)).status).toBe(401);
    expect((await logIn(email)).status).toBe(200);
  });

  it('a corrected e-mail ends the invitation that went to the wrong one', async () => {
    const [wrong, right] = [newEmail(), newEmail()];
    const { id } = (await create({ email: wrong, name: 'Ana', role: 'viewer' })).body;
    const lost = await mailedToken(wrong);
    expect((await change(id, { email: right })).body.email).toBe(right);
    const invited = await api.call(`/api/v1/users/${id}/invitation`, { method: 'POST', token: admin });
    expect(invited.status).toBe(201);
    expect(invited.body).toMatchObject({ sent_to: right });
    const accept = (token: string) =>
      api.call('/api/v1/auth/invitations/accept', { json: { token, password: PASSWORD } });
    expect((await accept(lost)).status).toBe(401);
    expect((await accept(await mailedToken(right))).status).toBe(200);
    expect((await api.call(`/api/v1/users/${id}/invitation`, { method: 'POST', token: admin })).body.code).toBe(
      'user-not-invited',
    );
    expect((await change(id, { email: api.user('viewer', 1).email })).body.code).toBe('user-exists');
  });

  it.each([
    ['nothing', {}],
    ['an operator’s role', { role: 'operator' }],
    ['a password', { password: PASSWORD }],
    ['a tenant', { tenant_id: 'tnt_system' }],
  ])('422 for %s', async (_case, json) => {
    const { id } = await user();
    expect((await change(id, json)).status).toBe(422);
  });
});

describe('DELETE /api/v1/users/{id}', () => {
  it('204: out within a second, unknown from then on; what the person did stays on record', async () => {
    const { id, email } = await user();
    const { access_token } = (await logIn(email)).body;
    expect((await remove(id)).status).toBe(204);
    await ended(access_token);
    expect((await remove(id)).status).toBe(404);
    expect((await logIn(email)).status).toBe(401);
    expect(await audited('USER_DELETED', id)).toMatchObject([
      { success: true, details: { before: { role: 'technician' } } },
    ]);
    expect(await audited('LOGIN_SUCCEEDED', id)).toHaveLength(1);
    expect((await create({ email, name: 'Ana', role: 'viewer', password: PASSWORD })).status).toBe(201);
  });
});

describe('the last admin', () => {
  it('is neither disabled, demoted nor deleted; an invited one is none', async () => {
    const own = await ownTenant(api);
    const token = await own.tokenOf('admin');
    const id = (await me(token)).body.id;
    await api.call('/api/v1/users', { token, json: { email: newEmail(), name: 'Invited', role: 'admin' } });
    for (const answer of [
      await change(id, { disabled: true }, {}, token),
      await change(id, { role: 'manager' }, {}, token),
      await remove(id, token),
    ]) {
      expect(answer.status).toBe(409);
      expect(answer.body.code).toBe('last-admin');
    }
    expect((await me(token)).status).toBe(200);
  });

  it('is one of two who are taken away at once', async () => {
    for (const act of [
      (id: string, token: string) => change(id, { role: 'viewer' }, {}, token),
      (id: string, token: string) => change(id, { disabled: true }, {}, token),
      (id: string, token: string) => remove(id, token),
    ]) {
      const own = await ownTenant(api);
      const token = await own.tokenOf('admin');
      const first = (await me(token)).body.id;
      const json = { email: newEmail(), name: 'Second', role: 'admin', password: PASSWORD };
      const second = (await api.call('/api/v1/users', { token, json })).body.id;
      const other = (await logIn(json.email)).body.access_token;
      const answers = await Promise.all([act(second, token), act(first, other)]);
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1);
      const [left] = await rows<{ admins: string }>(
        `select count(*) as admins from users where tenant_id = $1 and role = 'admin' and disabled_at is null`,
        [own.id],
      );
      expect(left?.admins).toBe('1');
    }
  });
});

describe('POST /api/v1/auth/password', () => {
  const changePassword = (token: string, current_password: string, new_password: string) =>
    api.call('/api/v1/auth/password', { token, json: { current_password, new_password } });

  it('204: the caller’s session goes on, all others end, and so does the old password', async () => {
    const { id, email } = await user('viewer');
    const [mine, other] = [(await logIn(email)).body, (await logIn(email)).body];
    expect((await changePassword(mine.access_token, PASSWORD, OTHER_PASSWORD)).status).toBe(204);
    await ended(other.access_token);
    expect((await me(mine.access_token)).status).toBe(200);
    expect((await logIn(email)).status).toBe(401);
    expect((await logIn(email, OTHER_PASSWORD)).status).toBe(200);
    expect(await audited('USER_PASSWORD_CHANGED', id)).toMatchObject([{ user_id: id, success: true }]);
  });

  it('422 points at what is wrong: the current one, on record, or the new one', async () => {
    const { id, email } = await user('viewer');
    const { access_token } = (await logIn(email)).body;
    for (const [current, next, pointer] of [
      ['not the password at all', OTHER_PASSWORD, '/current_password'],
      [PASSWORD, 'too short', '/new_password'],
      [PASSWORD, email, '/new_password'],
      [PASSWORD, PASSWORD, '/new_password'],
    ] as const) {
      const answer = await changePassword(access_token, current, next);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    }
    expect(await audited('USER_PASSWORD_CHANGED', id)).toMatchObject([{ success: false }]);
    expect((await logIn(email)).status).toBe(200);
  });

  it('of an operator, too', async () => {
    const token = await api.tokenOf('operator');
    expect((await changePassword(token, 'not the password at all', OTHER_PASSWORD)).status).toBe(422);
  });
});

describe('a password reset', () => {
  const ask = (email: string) => api.call('/api/v1/auth/password-reset', { json: { email } });
  const confirm = (token: string, new_password = OTHER_PASSWORD) =>
    api.call('/api/v1/auth/password-reset/confirm', { json: { token, new_password } });
  const requested = (id: string, times: number) =>
    waitFor(async () => (await audited('USER_PASSWORD_RESET_REQUESTED', id)).length === times, { timeoutMs: 10_000 });

  it('202 is one answer for known, unknown, disabled and invited; only who can log in gets a mail', async () => {
    const [known, disabled] = [await user(), await user()];
    await change(disabled.id, { disabled: true });
    const invited = newEmail();
    const { id } = (await create({ email: invited, name: 'Ana', role: 'viewer' })).body;
    await mailedToken(invited);
    const unknown = newEmail();
    const answers = await Promise.all([known.email, unknown, disabled.email, invited].map(ask));
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(comparable(answer, '')).toEqual(comparable(answers[0]!, ''));
    }
    await mailedToken(known.email);
    for (const each of [known.id, disabled.id, id]) await requested(each, 1);
    expect([unknown, disabled.email].flatMap(mailsTo)).toEqual([]);
    expect(mailsTo(invited)).toHaveLength(1);
    await waitFor(async () => (await rows('select 1 from password_reset_requests')).length === 0);
  });

  it('the token sets a password once, also of two at once, and ends every session within a second', async () => {
    const { id, email } = await user();
    const { access_token } = (await logIn(email)).body;
    await ask(email);
    const token = await mailedToken(email);
    expect((await confirm(token, 'too short')).body.errors).toEqual([
      { pointer: '/new_password', detail: expect.any(String) },
    ]);
    const answers = await Promise.all([confirm(token), confirm(token), confirm(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
    await ended(access_token);
    expect((await logIn(email)).status).toBe(401);
    expect((await logIn(email, OTHER_PASSWORD)).status).toBe(200);
    expect(await audited('USER_PASSWORD_RESET', id)).toMatchObject([{ user_id: id, success: true }]);
  });

  it('a token is worth nothing after an hour, a newer one, a change of the password, or as an invitation', async () => {
    const { id, email } = await user();
    await ask(email);
    const first = await mailedToken(email);
    expect(
      (await api.call('/api/v1/auth/invitations/accept', { json: { token: first, password: OTHER_PASSWORD } })).status,
    ).toBe(401);
    await ask(email);
    const second = await mailedToken(email, 2);
    expect((await confirm(first)).body.code).toBe('invalid-one-time-token');
    const [{ lives }] = (await rows<{ lives: number }>(
      'select extract(epoch from expires_at - created_at)::int as lives from one_time_tokens where user_id = $1',
      [id],
    )) as [{ lives: number }];
    expect(lives).toBe(3600);
    await rows(`update one_time_tokens set expires_at = now() where user_id = $1`, [id]);
    expect((await confirm(second)).status).toBe(401);
    await ask(email);
    const third = await mailedToken(email, 3);
    const { access_token } = (await logIn(email)).body;
    await api.call('/api/v1/auth/password', {
      token: access_token,
      json: { current_password: PASSWORD, new_password: OTHER_PASSWORD },
    });
    expect((await confirm(third)).status).toBe(401);
    await ask(email);
    const fourth = await mailedToken(email, 4);
    await change(id, { disabled: true });
    expect((await confirm(fourth)).status).toBe(401);
  });

  it('nobody’s inbox is flooded: five mails an hour, and the same answer', async () => {
    const { id, email } = await user();
    for (let time = 0; time < 7; time += 1) {
      expect((await ask(email)).status).toBe(202);
      await requested(id, time + 1);
    }
    await mailedToken(email, 5);
    const granted = (await audited('USER_PASSWORD_RESET_REQUESTED', id)).map(({ success }) => success);
    expect(granted).toEqual([true, true, true, true, true, false, false]);
    await waitFor(async () => (await rows('select 1 from one_time_tokens where mail_due_at is not null')).length === 0);
    expect(mailsTo(email).length).toBeLessThanOrEqual(5);
  });

  it('401 for an unknown token, 422 for what is none', async () => {
    expect((await confirm(`tzo_${'A'.repeat(43)}`)).body.code).toBe('invalid-one-time-token');
    for (const rubbish of ['', 'tzo_', `tzo_${'A'.repeat(42)}%`, 'A'.repeat(47)])
      expect((await confirm(rubbish)).status).toBe(422);
    for (const email of ['', 'a', { $ne: '' }, null])
      expect((await api.call('/api/v1/auth/password-reset', { json: { email } })).status).toBe(422);
  });
});
