import { randomUUID } from 'node:crypto';
import { newId, SYSTEM_TENANT_ID } from '@techze/contracts';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const TENANTS = '/api/v1/tenants';
let operator: string;

beforeAll(async () => {
  operator = await api.tokenOf('operator');
});

const wanted = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'Oficina Leste',
  admin: { email: `admin@${randomUUID()}.example`, name: 'Ana Souza' },
  ...changes,
});
const create = (json: unknown = wanted(), headers: Readonly<Record<string, string>> = {}) =>
  api.call(TENANTS, { token: operator, json, headers });
const make = async (): Promise<{ id: string; admin: { id: string } }> => (await create()).body;
const act = (id: string, what: 'suspend' | 'resume', headers: Readonly<Record<string, string>> = {}) =>
  api.call(`${TENANTS}/${id}/${what}`, { method: 'POST', token: operator, headers });
const audited = (tenantId: string, resource: string) =>
  rows<{ event_type: string }>(
    'select event_type, actor_type, user_id from audit_events where tenant_id = $1 and resource_id = $2 order by timestamp, id',
    [tenantId, resource],
  );

describe('/api/v1/tenants', () => {
  it('201 makes the tenant and its first admin, who is invited; on record on both sides', async () => {
    const json = wanted({ name: ' Oficina Leste ' });
    const answer = await create(json);
    expect(answer.status).toBe(201);
    const { admin, invitation, ...tenant } = answer.body;
    expect(tenant).toEqual({
      id: expect.stringMatching(/^tnt_[0-9a-f]{32}$/),
      name: 'Oficina Leste',
      rate_limits: {},
      suspended_at: null,
      version: 1,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(admin).toEqual({ id: expect.any(String), ...json.admin });
    expect(invitation).toEqual({ sent_to: json.admin.email, expires_at: expect.any(String) });
    expect(answer.headers.get('location')).toBe(`${TENANTS}/${tenant.id}`);
    expect((await api.call(`${TENANTS}/${tenant.id}`, { token: operator })).body).toEqual(tenant);
    expect(await rows('select tenant_id, role, password_hash from users where id = $1', [admin.id])).toEqual([
      { tenant_id: tenant.id, role: 'admin', password_hash: null },
    ]);
    const [{ id: operatorId } = { id: '' }] = await rows<{ id: string }>('select id from users where email = $1', [
      api.user('operator').email,
    ]);
    const made = { event_type: 'TENANT_CREATED', actor_type: 'user', user_id: operatorId };
    expect(await audited(SYSTEM_TENANT_ID, tenant.id)).toEqual([made]);
    expect(await audited(tenant.id, tenant.id)).toEqual([made]);
    expect(await audited(tenant.id, admin.id)).toEqual([
      { ...made, event_type: 'USER_CREATED' },
      { ...made, event_type: 'USER_INVITED' },
    ]);
  });

  it('201 once a key; of ten at once one makes it', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const json = wanted();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(json, headers)));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const again = await create(json, headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    for (const answer of answers.filter(({ status }) => status === 201)) expect(answer.body).toEqual(again.body);
    expect(await count('select 1 from users where email = $1', [json.admin.email])).toBe(1);
    expect((await create(wanted(), headers)).body.code).toBe('idempotency-key-reused');
    const kept = await rows('select response from idempotency_keys where key = $1', [headers['idempotency-key']]);
    expect(JSON.stringify(kept)).not.toContain('tzo_');
  });

  it('409 for an e-mail that has an account: no tenant is made', async () => {
    const before = await count('select 1 from tenants where name = $1', ['Zweigstelle']);
    const answer = await create(
      wanted({ name: 'Zweigstelle', admin: { email: api.user('viewer', 1).email.toUpperCase(), name: 'Ana' } }),
    );
    expect([answer.status, answer.body.code]).toEqual([409, 'user-exists']);
    expect(await count('select 1 from tenants where name = $1', ['Zweigstelle'])).toBe(before);
  });

  it.each<[string, unknown]>([
    ['/name', wanted({ name: '' })],
    ['/name', wanted({ name: 'x'.repeat(201) })],
    ['/name', wanted({ name: 7 })],
    ['/admin', wanted({ admin: undefined })],
    ['/admin/email', wanted({ admin: { email: 'ana', name: 'Ana' } })],
    ['/admin/name', wanted({ admin: { email: 'ana@a.example', name: ' ' } })],
    ['/admin/role', wanted({ admin: { email: 'ana@a.example', name: 'Ana', role: 'operator' } })],
    ['/id', wanted({ id: 'tnt_system' })],
    ['/suspended_at', wanted({ suspended_at: null })],
  ])('422 points at %s', async (pointer, json) => {
    const answer = await create(json);
    expect([answer.status, answer.body.errors?.map((each: { pointer: string }) => each.pointer)]).toEqual([
      422,
      [pointer],
    ]);
  });

  it('403 for everybody of a tenant, whoever’s tenant it is about', async () => {
    const admin = await api.tokenOf('admin');
    const own = `${TENANTS}/${api.suite.tenants[0]?.id}`;
    for (const [method, path, json] of [
      ['GET', TENANTS, undefined],
      ['POST', TENANTS, wanted()],
      ['GET', own, undefined],
      ['PATCH', own, { name: 'x' }],
      ['POST', `${own}/suspend`, undefined],
      ['POST', `${own}/resume`, undefined],
    ] as const)
      expect([path, (await api.call(path, { method, token: admin, json })).status]).toEqual([path, 403]);
  });

  it('404 is one answer for an unknown id and for what is none', async () => {
    const answers = [];
    for (const id of [newId('tnt'), 'tnt_x', newId('dev')])
      for (const [method, suffix, json] of [
        ['GET', '', undefined],
        ['PATCH', '', { name: 'x' }],
        ['POST', '/suspend', undefined],
        ['POST', '/resume', undefined],
      ] as const)
        answers.push(
          comparable(await api.call(`${TENANTS}/${id}${suffix}`, { method, token: operator, json }), `${id}${suffix}`),
        );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('200 lists every tenant once, newest first, page by page', async () => {
    const made = [(await make()).id, (await make()).id, (await make()).id];
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await api.call(`${TENANTS}?limit=2${cursor && `&cursor=${cursor}`}`, { token: operator });
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.page.next_cursor;
      if (!body.page.has_more) break;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => made.includes(id))).toEqual(made.toReversed());
    expect(seen).toEqual(expect.arrayContaining([SYSTEM_TENANT_ID, ...api.suite.tenants.map(({ id }) => id)]));
  });

  it('200 changes name and limits on the version that was read; 412 on another', async () => {
    const { id } = await make();
    const patch = (json: unknown, headers = {}) =>
      api.call(`${TENANTS}/${id}`, { method: 'PATCH', token: operator, json, headers });
    const first = await patch({ name: 'Neu', rate_limits: { default: '500/minute' } }, { 'if-match': '"v1"' });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(first.body).toMatchObject({ name: 'Neu', rate_limits: { default: '500/minute' }, version: 2 });
    expect((await patch({ name: 'x' }, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await patch({ rate_limits: {} })).body).toMatchObject({ name: 'Neu', rate_limits: {}, version: 3 });
    for (const json of [
      {},
      { name: null },
      { rate_limits: { default: '0/minute' } },
      { rate_limits: { default: '5/fortnight' } },
      { rate_limits: { unknown: '5/minute' } },
      { suspended_at: null },
    ])
      expect([json, (await patch(json)).status]).toEqual([json, 422]);
    const [own, system] = await Promise.all([audited(id, id), audited(SYSTEM_TENANT_ID, id)]);
    for (const trail of [own, system])
      expect(trail.map((each) => each.event_type)).toEqual(['TENANT_CREATED', 'TENANT_UPDATED', 'TENANT_UPDATED']);
  });

  it('200 suspends and resumes, once however often it is said; 412 on a version that is over', async () => {
    const { id } = await make();
    expect((await act(id, 'suspend', { 'if-match': '"v7"' })).status).toBe(412);
    const suspended = await act(id, 'suspend', { 'if-match': '"v1"' });
    expect(suspended.body).toMatchObject({ id, suspended_at: expect.any(String), version: 2 });
    expect((await act(id, 'suspend')).body).toEqual(suspended.body);
    expect((await act(id, 'resume')).body).toMatchObject({ suspended_at: null, version: 3 });
    expect((await act(id, 'resume')).body.version).toBe(3);
    expect((await audited(id, id)).map((each) => each.event_type)).toEqual([
      'TENANT_CREATED',
      'TENANT_SUSPENDED',
      'TENANT_RESUMED',
    ]);
  });

  it('409 for the installation’s own: nobody suspends himself', async () => {
    const answer = await act(SYSTEM_TENANT_ID, 'suspend');
    expect([answer.status, answer.body.code]).toEqual([409, 'tenant-not-suspendable']);
    expect((await api.call(TENANTS, { token: operator })).status).toBe(200);
  });
});
