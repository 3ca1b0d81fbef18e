import { randomUUID } from 'node:crypto';
import { Api, type Answer, type Call } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody, fileSystem } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';
import { ownSite, ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/maintenance-windows';
const UNKNOWN = `mtw_${'0'.repeat(32)}`;
/** No id at all, of the same length. */
const NONE = 'x'.repeat(UNKNOWN.length);
let tenant: OwnTenant;
let manager: string;
let technician: string;
let viewer: string;
/** An admin of another tenant. */
let stranger: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  [manager, technician, viewer, stranger] = await Promise.all([
    tenant.tokenOf('manager'),
    tenant.tokenOf('technician'),
    tenant.tokenOf('viewer'),
    api.tokenOf('admin', 1),
  ]);
});

const call = (path = '', options: Call = {}) => api.call(`${PATH}${path}`, { token: manager, ...options });
const post = (json: unknown, headers?: Record<string, string>) => call('', { json, ...(headers && { headers }) });
const patch = (id: string, json: unknown, headers?: Record<string, string>) =>
  call(`/${id}`, { method: 'PATCH', json, ...(headers && { headers }) });
const created = async (json: unknown): Promise<Answer['body']> => {
  const answer = await post(json);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};

/** A tag that no device carries: the window concerns nobody. */
const idle = (changes: object = {}) => ({
  name: 'Server updates',
  tags: [`tag-${randomUUID()}`],
  starts_at: '2026-03-01T22:00:00Z',
  ends_at: '2026-03-02T04:00:00Z',
  ...changes,
});
const recurring = (changes: object = {}) =>
  idle({ ends_at: undefined, cron: '0 22 * * SAT', timezone: 'America/Sao_Paulo', duration_minutes: 240, ...changes });

/** A machine and the way to say how full its disk is, and when. */
function newMachine() {
  const device = { serial: `SN-${randomUUID()}` };
  return async (used: number, collected_at: string): Promise<Answer['body']> => {
    const sections = { storage: { status: 'ok', data: { fsSize: [fileSystem(used)] } } };
    const json = diagnosticBody({ device, collected_at, sections });
    const answer = await api.call('/api/v1/diagnostics', { token: technician, json });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  };
}
const findingOf = async (id: string) => (await api.call(`/api/v1/findings/${id}`, { token: viewer })).body;

describe('POST /api/v1/maintenance-windows', () => {
  it('201 makes a window that comes once, with its place and its version; on record', async () => {
    const body = idle({ reason: 'Contract 14' });
    const answer = await post(body);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${PATH}/${answer.body.id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^mtw_[0-9a-f]{32}$/),
      name: 'Server updates',
      reason: 'Contract 14',
      customer_id: null,
      site_id: null,
      device_id: null,
      tags: body.tags,
      starts_at: '2026-03-01T22:00:00.000Z',
      ends_at: '2026-03-02T04:00:00.000Z',
      cron: null,
      timezone: null,
      duration_minutes: null,
      created_by: expect.any(String),
      version: 1,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    const [audit] = await rows<object>('select * from audit_events where resource_id = $1', [answer.body.id]);
    expect(audit).toMatchObject({
      event_type: 'CONFIG_CHANGED',
      user_id: answer.body.created_by,
      details: { setting: 'maintenance_window', before: null, after: answer.body },
    });
    expect((await call(`/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('201 makes one that recurs, and one for each kind of place', async () => {
    expect(await created(recurring())).toMatchObject({
      cron: '0 22 * * SAT',
      timezone: 'America/Sao_Paulo',
      duration_minutes: 240,
      ends_at: null,
    });
    const site_id = await ownSite(tenant.id);
    const [{ customer_id } = { customer_id: '' }] = await rows<{ customer_id: string }>(
      'select customer_id from sites where id = $1',
      [site_id],
    );
    const { device_id } = await newMachine()(50, '2026-01-01T08:00:00Z');
    for (const scope of [{ site_id }, { customer_id }, { device_id }])
      expect(await created(idle({ tags: undefined, ...scope }))).toMatchObject({ tags: [], ...scope });
  });

  it('404 for a place that there is not, or that is another tenant’s', async () => {
    const site_id = await ownSite(api.suite.tenants[1]!.id);
    for (const [scope, code] of [
      [{ site_id }, 'site-not-found'],
      [{ customer_id: `cus_${'0'.repeat(32)}` }, 'customer-not-found'],
      [{ device_id: `dev_${'0'.repeat(32)}` }, 'device-not-found'],
    ] as const)
      expect((await post(idle({ tags: undefined, ...scope }))).body).toMatchObject({ status: 404, code });
  });

  it('with an Idempotency-Key makes one, and 422 for another body', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = idle();
    const [first, second] = [await post(body, headers), await post(body, headers)];
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect((await post(idle(), headers)).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
  });

  it.each<[string, object, string]>([
    ['no name', idle({ name: undefined }), '/name'],
    ['an empty name', idle({ name: '' }), '/name'],
    ['a name that is too long', idle({ name: 'x'.repeat(201) }), '/name'],
    ['control characters', idle({ reason: 'a\u0007' }), '/reason'],
    ['no tag at all', idle({ tags: [] }), '/tags'],
    ['two places', idle({ device_id: `dev_${'0'.repeat(32)}` }), '/tags'],
    ['a place that cannot be one', idle({ tags: undefined, site_id: 'here' }), '/site_id'],
    ['no start', idle({ starts_at: undefined }), '/starts_at'],
    ['a start that is no time', idle({ starts_at: 'tonight' }), '/starts_at'],
    ['no end', idle({ ends_at: undefined }), '/ends_at'],
    ['an end before its start', idle({ ends_at: '2026-03-01T21:00:00Z' }), '/ends_at'],
    ['a duration without cron', idle({ duration_minutes: 60 }), '/duration_minutes'],
    ['a time zone without cron', idle({ timezone: 'UTC' }), '/timezone'],
    ['cron without a duration', recurring({ duration_minutes: undefined }), '/duration_minutes'],
    ['cron without a time zone', recurring({ timezone: undefined }), '/timezone'],
    ['a time zone that there is not', recurring({ timezone: 'America/Atlantis' }), '/timezone'],
    ['cron with seconds', recurring({ cron: '0 0 22 * * SAT' }), '/cron'],
    ['cron that is a date', recurring({ cron: '2026-03-01T22:00:00' }), '/cron'],
    ['cron that never comes', recurring({ cron: '0 0 31 2 *' }), '/cron'],
    ['cron that is too long', recurring({ cron: `${'1,'.repeat(80)}1 * * * *` }), '/cron'],
    ['a duration of nothing', recurring({ duration_minutes: 0 }), '/duration_minutes'],
    ['a duration beyond a week', recurring({ duration_minutes: 10_081 }), '/duration_minutes'],
    ['an unknown field', idle({ colour: 'red' }), '/colour'],
  ])('422 for %s, with a pointer', async (_case, body, pointer) => {
    const before = await count('select 1 from maintenance_windows where tenant_id = $1', [tenant.id]);
    const answer = await post(body);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    expect(await count('select 1 from maintenance_windows where tenant_id = $1', [tenant.id])).toBe(before);
  });
});

describe('GET /api/v1/maintenance-windows', () => {
  it('200 lists newest first, page by page, by place', async () => {
    const site_id = await ownSite(tenant.id);
    const made: string[] = [];
    for (let index = 0; index < 3; index += 1)
      made.unshift((await created(idle({ tags: undefined, site_id, name: `Window ${index}` }))).id);
    const { body } = await call(`?site_id=${site_id}&limit=2`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(made.slice(0, 2));
    const rest = await call(`?site_id=${site_id}&limit=2&cursor=${body.page.next_cursor}`);
    expect(rest.body).toMatchObject({ data: [{ id: made[2] }], page: { next_cursor: null, has_more: false } });
    await rows('delete from maintenance_windows where site_id = $1', [site_id]);
  });

  it('422 for what it does not take', async () => {
    for (const [query, pointer] of [
      ['?colour=red', '/colour'],
      ['?site_id=1', '/site_id'],
      ['?limit=0', '/limit'],
    ])
      expect((await call(query)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await call('?cursor=abc')).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
  });
});

describe('PATCH /api/v1/maintenance-windows/{id}', () => {
  it('200 changes what it names, clears what is null, and leaves the rest; on record', async () => {
    const before = await created(idle({ reason: 'Contract 14' }));
    const answer = await patch(before.id, {
      name: 'Disks',
      reason: null,
      tags: ['kiosk'],
      ends_at: '2026-03-02T06:00:00Z',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toEqual({
      ...before,
      name: 'Disks',
      reason: null,
      tags: ['kiosk'],
      ends_at: '2026-03-02T06:00:00.000Z',
      version: 2,
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await call(`/${before.id}`)).body).toEqual(answer.body);
    expect(await count('select 1 from audit_events where resource_id = $1', [before.id])).toBe(2);
  });

  it('200 makes one that comes once recur, and the other way round', async () => {
    const { id } = await created(idle());
    const recurs = { cron: '0 1 * * *', timezone: 'UTC', duration_minutes: 30, ends_at: null };
    expect((await patch(id, recurs)).body).toMatchObject(recurs);
    const once = { cron: null, timezone: null, duration_minutes: null, ends_at: '2026-03-05T00:00:00Z' };
    expect((await patch(id, once)).body).toMatchObject({ ...once, ends_at: '2026-03-05T00:00:00.000Z' });
  });

  it('412 when it was changed since it was read', async () => {
    const { id } = await created(idle());
    expect((await patch(id, { name: 'A' }, { 'if-match': '"v1"' })).status).toBe(200);
    expect((await patch(id, { name: 'B' }, { 'if-match': '"v1"' })).body).toMatchObject({
      status: 412,
      code: 'precondition-failed',
    });
  });

  it.each<[string, object, string]>([
    ['nothing', {}, ''],
    ['no name', { name: null }, '/name'],
    ['an end before the start', { ends_at: '2026-02-01T00:00:00Z' }, '/ends_at'],
    ['no end where it comes once', { ends_at: null }, '/ends_at'],
    ['cron alone', { cron: '0 1 * * *' }, '/timezone'],
    ['another place', { site_id: `sit_${'0'.repeat(32)}` }, '/site_id'],
    ['no tags', { tags: [] }, '/tags'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('422 for %s, and nothing changes', async (_case, change, pointer) => {
    const before = await created(idle());
    const answer = await patch(before.id, change);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    expect((await call(`/${before.id}`)).body).toEqual(before);
  });

  it('422 for tags of a window that is for a place: it would be for more than it was made for', async () => {
    const { id } = await created(idle({ tags: undefined, site_id: await ownSite(tenant.id) }));
    expect((await patch(id, { tags: ['kiosk'] })).body).toMatchObject({ status: 422, errors: [{ pointer: '/tags' }] });
  });
});

describe('what a window keeps quiet', () => {
  it('is suppressed and on the record of the window, also once that is gone; after it the next diagnostic tells', async () => {
    const diagnose = newMachine();
    const { device_id } = await diagnose(50, '2026-03-01T12:00:00Z');
    const window = await created(idle({ tags: undefined, device_id }));
    const diagnostic = await diagnose(95, '2026-03-01T23:00:00Z');
    const [finding] = diagnostic.findings;
    expect(finding.state).toBe('suppressed');
    expect(await findingOf(finding.id)).toMatchObject({ state: 'suppressed', suppressed_by: window.id });

    const log = await call(`/${window.id}/suppressions`);
    expect(log.status).toBe(200);
    expect(log.body).toEqual({
      data: [
        {
          id: expect.any(String),
          finding_id: finding.id,
          device_id,
          event_type: 'finding.opened',
          severity: 'warning',
          title: finding.title,
          diagnostic_id: diagnostic.id,
          occurred_at: '2026-03-01T23:00:00.000Z',
        },
      ],
      page: { next_cursor: null, has_more: false },
    });

    expect((await call(`/${window.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(`/${window.id}`)).status).toBe(404);
    expect((await call(`/${window.id}/suppressions`)).body).toEqual(log.body);
    expect((await diagnose(95, '2026-03-01T23:30:00Z')).findings[0].state).toBe('open');
  });

  it('is listed page by page', async () => {
    const diagnose = newMachine();
    const { device_id } = await diagnose(50, '2026-03-01T12:00:00Z');
    const { id } = await created(idle({ tags: undefined, device_id }));
    for (const [minute, used] of [
      [0, 95],
      [1, 50],
      [2, 95],
      [3, 50],
      [4, 95],
    ] as const)
      await diagnose(used, `2026-03-01T23:0${minute}:00Z`);
    const types: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await call(`/${id}/suppressions?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      types.push(...body.data.map(({ event_type }: { event_type: string }) => event_type));
      cursor = body.page.next_cursor;
    } while (cursor !== null);
    const opened = 'finding.opened';
    const resolved = 'finding.resolved';
    expect(types).toEqual([opened, resolved, opened, resolved, opened]);
    const { next_cursor } = (await call(`/${id}/suppressions?limit=1`)).body.page;
    const other = await created(idle());
    for (const path of [`/${other.id}/suppressions?cursor=${next_cursor}`, `/${id}/suppressions?cursor=x`])
      expect((await call(path)).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
  });
});

describe('whoever may not', () => {
  const asks = (id: string): [string, Call][] => [
    ['', { json: idle() }],
    ['', {}],
    [`/${id}`, {}],
    [`/${id}`, { method: 'PATCH', json: { name: 'Mine' } }],
    [`/${id}`, { method: 'DELETE' }],
    [`/${id}/suppressions`, {}],
  ];

  it('401 without a token, 403 for whoever is not a manager', async () => {
    const { id } = await created(idle());
    const { credential } = await (await Enrollment.of(api)).enroll();
    const operator = await api.tokenOf('operator');
    for (const [path, options] of asks(id)) {
      expect((await api.call(`${PATH}${path}`, options)).status).toBe(401);
      for (const token of [viewer, technician, operator, credential])
        expect((await call(path, { ...options, token })).body).toMatchObject({ status: 403, code: 'forbidden' });
    }
    expect((await call(`/${id}`)).body.version).toBe(1);
  });

  it('404 for another tenant’s, byte for byte like an id that is unknown or none, and nothing changes', async () => {
    const { id } = await created(idle());
    for (const [path, options] of asks(':id').slice(2)) {
      const ask = (asked: string) => call(path.replace(':id', asked), { ...options, token: stranger });
      const [foreign, unknown, none] = [await ask(id), await ask(UNKNOWN), await ask(NONE)];
      expect(foreign.body).toMatchObject({ status: 404, code: 'maintenance-window-not-found' });
      expect(comparable(foreign, id)).toEqual(comparable(unknown, UNKNOWN));
      expect(comparable(none, NONE)).toEqual(comparable(unknown, UNKNOWN));
    }
    expect((await call(`/${id}`)).body.version).toBe(1);
    const theirs = (await call('?limit=200', { token: stranger })).body.data;
    expect(theirs.map((each: { id: string }) => each.id)).not.toContain(id);
  });
});
