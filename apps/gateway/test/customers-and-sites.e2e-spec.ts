import { randomUUID } from 'node:crypto';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { rows } from './support/rows.js';

const api = new Api();
const CUSTOMERS = '/api/v1/customers';
const SITES = '/api/v1/sites';
let technician: string;
let viewer: string;

beforeAll(async () => {
  [technician, viewer] = await Promise.all([api.tokenOf('technician'), api.tokenOf('viewer')]);
});

const make = async (path: string, json: object) => {
  const answer = await api.call(path, { token: technician, json });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const customer = (changes: object = {}) => make(CUSTOMERS, { name: `Padaria ${randomUUID()}`, ...changes });
const site = async (changes: object = {}) =>
  make(SITES, { customer_id: (await customer()).id, name: `Balcão ${randomUUID()}`, ...changes });
const audited = (id: string) =>
  rows<{ event_type: string; details: Record<string, unknown> }>(
    'select event_type, details from audit_events where resource_id = $1 order by timestamp',
    [id],
  );

describe.each([
  {
    kind: 'customer',
    path: CUSTOMERS,
    one: customer,
    unknown: `cus_${'0'.repeat(31)}1`,
    body: () => ({ name: 'Padaria', email: ' Ana@Padaria.example ', phone: '+55 11 5555-0101' }),
    whole: {
      id: expect.stringMatching(/^cus_[0-9a-f]{32}$/),
      name: 'Padaria',
      contact_name: null,
      email: 'Ana@Padaria.example',
      phone: '+55 11 5555-0101',
      notes: null,
    },
    bad: [
      ['/name', { name: '   ' }],
      ['/name', { name: 'x'.repeat(201) }],
      ['/name', { name: 'a\u0000b' }],
      ['/name', { name: 7 }],
      ['/email', { name: 'x', email: 'nobody' }],
      ['/surprise', { name: 'x', surprise: 1 }],
    ] as const,
  },
  {
    kind: 'site',
    path: SITES,
    one: site,
    unknown: `sit_${'0'.repeat(31)}1`,
    body: async () => ({ customer_id: (await customer()).id, name: 'Balcão', timezone: 'America/Sao_Paulo' }),
    whole: {
      id: expect.stringMatching(/^sit_[0-9a-f]{32}$/),
      customer_id: expect.stringMatching(/^cus_[0-9a-f]{32}$/),
      name: 'Balcão',
      address: null,
      timezone: 'America/Sao_Paulo',
      notes: null,
    },
    bad: [
      ['/customer_id', { name: 'x' }],
      ['/customer_id', { name: 'x', customer_id: 'cus_1' }],
      ['/timezone', { name: 'x', customer_id: `cus_${'0'.repeat(32)}`, timezone: 'Mars/Olympus' }],
      ['/timezone', { name: 'x', customer_id: `cus_${'0'.repeat(32)}`, timezone: '+03:00' }],
      ['/name', { customer_id: `cus_${'0'.repeat(32)}` }],
    ] as const,
  },
])('$path', ({ kind, path, one, unknown, body, whole, bad }) => {
  it('201 makes one, says where it is and which version, and is on record', async () => {
    const answer = await api.call(path, { token: technician, json: await body() });
    expect(answer.status).toBe(201);
    const instant = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(answer.body).toEqual({ ...whole, version: 1, created_at: instant, updated_at: instant });
    expect(answer.headers.get('location')).toBe(`${path}/${answer.body.id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect((await audited(answer.body.id)).map(({ event_type }) => event_type)).toEqual([
      `${kind.toUpperCase()}_CREATED`,
    ]);
    expect((await api.call(`${path}/${answer.body.id}`, { token: viewer })).body).toEqual(answer.body);
  });

  it('201 once a key, 422 for another body under it', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const json = await body();
    const [first, second] = [
      await api.call(path, { token: technician, json, headers }),
      await api.call(path, { token: technician, json, headers }),
    ];
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const other = await api.call(path, { token: technician, json: { ...json, name: 'another' }, headers });
    expect(other.body.code).toBe('idempotency-key-reused');
  });

  it.each(bad)('422 points to %s', async (pointer, json) => {
    const answer = await api.call(path, { token: technician, json });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  it('200 changes what is named, clears what is null, and is on record with before and after', async () => {
    const before = await one({ notes: 'side door' });
    const answer = await api.call(`${path}/${before.id}`, {
      method: 'PATCH',
      token: technician,
      json: { name: 'Renamed', notes: null },
      headers: { 'if-match': '"v1"' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...before,
      name: 'Renamed',
      notes: null,
      version: 2,
      updated_at: answer.body.updated_at,
    });
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect((await audited(before.id))[1]).toEqual({
      event_type: `${kind.toUpperCase()}_UPDATED`,
      details: {
        before: { name: before.name, notes: 'side door' },
        after: { name: 'Renamed', notes: null },
      },
    });
  });

  it('412 when it was changed since, and nothing is changed', async () => {
    const { id } = await one();
    const call = (method: string, json?: object) =>
      api.call(`${path}/${id}`, { method, token: technician, json, headers: { 'if-match': '"v7"' } });
    expect((await call('PATCH', { name: 'Renamed' })).status).toBe(412);
    expect((await call('DELETE')).status).toBe(412);
    expect((await api.call(`${path}/${id}`, { token: viewer })).body.version).toBe(1);
  });

  it('200 for one of two who change it at once, 412 for the other', async () => {
    const { id } = await one();
    const change = (name: string) =>
      api.call(`${path}/${id}`, {
        method: 'PATCH',
        token: technician,
        json: { name },
        headers: { 'if-match': '"v1"' },
      });
    const answers = await Promise.all([change('one'), change('two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('422 for a change of nothing', async () => {
    const { id } = await one();
    expect((await api.call(`${path}/${id}`, { method: 'PATCH', token: technician, json: {} })).status).toBe(422);
  });

  it('204 deletes it, and then it is 404', async () => {
    const { id } = await one();
    expect((await api.call(`${path}/${id}`, { method: 'DELETE', token: technician })).status).toBe(204);
    expect((await api.call(`${path}/${id}`, { token: technician })).body.code).toBe(`${kind}-not-found`);
    expect((await audited(id)).map(({ event_type }) => event_type)).toContain(`${kind.toUpperCase()}_DELETED`);
  });

  it('403 for viewers who write, 401 for nobody', async () => {
    const { id } = await one();
    for (const [method, target, json] of [
      ['POST', path, { name: 'x' }],
      ['PATCH', `${path}/${id}`, { name: 'x' }],
      ['DELETE', `${path}/${id}`, undefined],
    ] as const) {
      expect((await api.call(target, { method, token: viewer, json })).status).toBe(403);
      expect((await api.call(target, { method, json })).status).toBe(401);
    }
  });

  it('404 byte for byte the same for another tenant’s, an unknown and a malformed id', async () => {
    const { id } = await one();
    const stranger = await api.tokenOf('admin', 1);
    for (const [method, json] of [
      ['GET', undefined],
      ['PATCH', { name: 'mine now' }],
      ['DELETE', undefined],
    ] as const) {
      const ask = (each: string) => api.call(`${path}/${each}`, { method, token: stranger, json });
      const foreign = await ask(id);
      expect(foreign.status).toBe(404);
      expect(comparable(foreign, id)).toEqual(comparable(await ask(unknown), unknown));
      for (const odd of ['x', 'x%00y', `${kind}_'; drop table ${kind}s; --`, `${id}0`]) {
        expect((await ask(encodeURIComponent(odd))).body.code).toBe(`${kind}-not-found`);
      }
    }
    expect((await api.call(`${path}/${id}`, { token: viewer })).status).toBe(200);
    const theirs = (await api.call(`${path}?limit=200`, { token: stranger })).body.data;
    expect(theirs.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('200 lists newest first, page by page, found by a part of the name in any case', async () => {
    const mark = randomUUID();
    const made = [];
    for (const nth of [1, 2, 3]) made.push((await one({ name: `Çafé ${mark} ${nth}` })).id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body: page } = await api.call(
        `${path}?q=${encodeURIComponent(`çAFÉ ${mark.toUpperCase()}`)}&limit=2${cursor}`,
        { token: viewer },
      );
      seen.push(...page.data.map((each: { id: string }) => each.id));
      cursor = page.page.next_cursor === null ? '' : `&cursor=${page.page.next_cursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(made.toReversed());
    expect((await api.call(`${path}?q=100%25_`, { token: viewer })).body.data).toEqual([]);
    expect((await api.call(`${path}?surprise=1`, { token: viewer })).status).toBe(422);
    expect((await api.call(`${path}?cursor=abc`, { token: viewer })).body.code).toBe('invalid-cursor');
  });
});

describe('what belongs together', () => {
  it('409 for a customer with sites, and for a site with devices', async () => {
    const { id, customer_id } = await site();
    const customerAnswer = await api.call(`${CUSTOMERS}/${customer_id}`, { method: 'DELETE', token: technician });
    expect(customerAnswer.body.code).toBe('customer-in-use');
    await make('/api/v1/devices', { hostname: randomUUID(), site_id: id });
    const siteAnswer = await api.call(`${SITES}/${id}`, { method: 'DELETE', token: technician });
    expect(siteAnswer.body.code).toBe('site-in-use');
    expect((await api.call(`${SITES}/${id}`, { token: viewer })).status).toBe(200);
  });

  it('a site never comes to belong to nobody: one of a delete and a create that race wins', async () => {
    const { id } = await customer();
    const [deleted, created] = await Promise.all([
      api.call(`${CUSTOMERS}/${id}`, { method: 'DELETE', token: technician }),
      api.call(SITES, { token: technician, json: { customer_id: id, name: 'late' } }),
    ]);
    expect([
      [204, 404],
      [409, 201],
    ]).toContainEqual([deleted.status, created.status]);
  });

  it('404 for a customer that is not there or another tenant’s, alike', async () => {
    const stranger = await api.tokenOf('technician', 1);
    const foreign = (await customer()).id;
    const unknown = `cus_${'0'.repeat(31)}1`;
    const ask = (customer_id: string) => api.call(SITES, { token: stranger, json: { customer_id, name: 'x' } });
    expect((await ask(foreign)).body.code).toBe('customer-not-found');
    expect(comparable(await ask(foreign), foreign)).toEqual(comparable(await ask(unknown), unknown));
    const own = await site();
    const moved = await api.call(`${SITES}/${own.id}`, {
      method: 'PATCH',
      token: technician,
      json: { customer_id: unknown },
    });
    expect(moved.body.code).toBe('customer-not-found');
  });

  it('200 lists the sites of a customer, and moves a site to another', async () => {
    const [from, to] = await Promise.all([customer(), customer()]);
    const { id } = await make(SITES, { customer_id: from.id, name: 'Loja' });
    const listed = async (customerId: string) =>
      (await api.call(`${SITES}?customer_id=${customerId}`, { token: viewer })).body.data.map(
        (each: { id: string }) => each.id,
      );
    expect(await listed(from.id)).toEqual([id]);
    await api.call(`${SITES}/${id}`, { method: 'PATCH', token: technician, json: { customer_id: to.id } });
    expect([await listed(from.id), await listed(to.id)]).toEqual([[], [id]]);
  });
});
