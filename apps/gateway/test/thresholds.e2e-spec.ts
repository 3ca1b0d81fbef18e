import { randomUUID } from 'node:crypto';
import { newId } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { diagnosticBody, fileSystem } from './support/diagnostics.js';
import { ownSite, ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/thresholds';
let tenant: OwnTenant;
let manager: string;
let technician: string;
let viewer: string;
/** A manager of another tenant. */
let stranger: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  [manager, technician, viewer, stranger] = await Promise.all([
    tenant.tokenOf('manager'),
    tenant.tokenOf('technician'),
    tenant.tokenOf('viewer'),
    api.tokenOf('manager', 1),
  ]);
});

const call = (path = '', options: Call = {}) => api.call(`${PATH}${path}`, { token: manager, ...options });
const post = (json: unknown, headers?: Record<string, string>) => call('', { json, ...(headers && { headers }) });
const patch = (id: string, json: unknown, headers?: Record<string, string>) =>
  call(`/${id}`, { method: 'PATCH', json, ...(headers && { headers }) });
const remove = (id: string, headers?: Record<string, string>) =>
  call(`/${id}`, { method: 'DELETE', ...(headers && { headers }) });
const created = async (json: unknown): Promise<Answer['body']> => {
  const answer = await post(json);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};

/** Posts a diagnostic whose disk is so full. */
async function diagnosed(used: number, changes: Readonly<Record<string, unknown>> = {}): Promise<Answer['body']> {
  const sections = { storage: { status: 'ok', data: { fsSize: [fileSystem(used)] } } };
  const answer = await api.call('/api/v1/diagnostics', {
    token: technician,
    json: diagnosticBody({ sections, ...changes }),
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

const newDevice = async (siteId: string | null = null): Promise<string> => {
  const id = newId('dev');
  await rows('insert into devices (tenant_id, id, site_id) values ($1, $2, $3)', [tenant.id, id, siteId]);
  return id;
};
const onDevice = (device_id: string, changes: object = {}) => ({
  scope: 'device',
  device_id,
  code: 'FS_USED',
  levels: { warning: 70 },
  ...changes,
});

describe('POST /api/v1/thresholds', () => {
  it('201 makes an override, with its place and its version, on record with what it says', async () => {
    const device_id = await newDevice();
    const answer = await post(onDevice(device_id, { fails_before_alert: 3 }));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${PATH}/${answer.body.id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^thr_[0-9a-f]{32}$/),
      scope: 'device',
      site_id: null,
      device_id,
      code: 'FS_USED',
      levels: { warning: 70 },
      fails_before_alert: 3,
      enabled: null,
      version: 1,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    const [audit] = await rows<object>('select * from audit_events where resource_id = $1', [answer.body.id]);
    expect(audit).toMatchObject({
      event_type: 'CONFIG_CHANGED',
      success: true,
      tenant_id: tenant.id,
      request_id: answer.headers.get('x-request-id'),
      details: { setting: 'threshold', before: null, after: answer.body },
    });
    expect((await call(`/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('401 without a token, 403 for whoever is not a manager, and nothing is made', async () => {
    const body = onDevice(await newDevice());
    expect((await api.call(PATH, { json: body })).body).toMatchObject({ status: 401, code: 'invalid-token' });
    const operator = await api.tokenOf('operator');
    for (const token of [viewer, technician, operator]) {
      for (const path of ['', '/preview'])
        expect((await call(path, { token, json: body })).body).toMatchObject({ status: 403, code: 'forbidden' });
    }
    for (const token of [viewer, technician, operator]) expect((await call('', { token })).status).toBe(403);
    expect(await count('select 1 from thresholds where device_id = $1', [body.device_id])).toBe(0);
  });

  it('404 for a site or a device that there is not, or that is another tenant’s', async () => {
    const foreign = {
      site_id: await ownSite(api.suite.tenants[1]!.id),
      device_id: (
        await api.call('/api/v1/diagnostics', { token: await api.tokenOf('technician', 1), json: diagnosticBody() })
      ).body.device_id,
    };
    for (const site_id of [foreign.site_id, `sit_${'0'.repeat(32)}`])
      expect((await post({ scope: 'site', site_id, code: 'FS_USED', enabled: false })).body).toMatchObject({
        status: 404,
        code: 'site-not-found',
      });
    for (const device_id of [foreign.device_id, `dev_${'0'.repeat(32)}`])
      expect((await post(onDevice(device_id))).body).toMatchObject({ status: 404, code: 'device-not-found' });
  });

  it('409 when the check has an override there; elsewhere, and for another check, it may', async () => {
    const [device, other] = [await newDevice(), await newDevice()];
    await created(onDevice(device));
    expect((await post(onDevice(device, { levels: { warning: 75 } }))).body).toMatchObject({
      status: 409,
      code: 'threshold-exists',
    });
    await created(onDevice(other));
    await created(onDevice(device, { code: 'MEMORY_USED', levels: { warning: 80 } }));
    expect(await count('select 1 from thresholds where device_id = any($1)', [[device, other]])).toBe(3);
  });

  it('makes one of twelve that come at once', async () => {
    const body = onDevice(await newDevice());
    const statuses = (await Promise.all(Array.from({ length: 12 }, () => post(body)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array<number>(11).fill(409)]);
  });

  it('with an Idempotency-Key brings the first answer again, and 422 for another body', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = onDevice(await newDevice());
    const [first, second] = [await post(body, headers), await post(body, headers)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect((await post({ ...body, enabled: false }, headers)).body).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    expect(await count('select 1 from audit_events where resource_id = $1', [first.body.id])).toBe(1);
  });

  describe('422 with a pointer to the fault', () => {
    const anyDevice = `dev_${'0'.repeat(32)}`;
    it.each<[string, object, string]>([
      ['no scope', { code: 'FS_USED', enabled: false }, '/scope'],
      ['an unknown scope', { scope: 'planet', code: 'FS_USED', enabled: false }, '/scope'],
      ['a device scope without device', { scope: 'device', code: 'FS_USED', enabled: false }, '/device_id'],
      ['a tenant scope with a device', { ...onDevice(anyDevice), scope: 'tenant' }, '/device_id'],
      [
        'a site scope with a device too',
        { ...onDevice(anyDevice), scope: 'site', site_id: `sit_${'0'.repeat(32)}` },
        '/device_id',
      ],
      ['a device id that is none', onDevice('dev_1'), '/device_id'],
      ['no code', { scope: 'tenant', enabled: false }, '/code'],
      ['a code that cannot be one', { scope: 'tenant', code: "fs'; drop table", enabled: false }, '/code'],
      ['a check that there is not', { scope: 'tenant', code: 'FS_FULL', enabled: false }, '/code'],
      ['nothing said', { scope: 'tenant', code: 'FS_USED' }, ''],
      ['nothing said in levels', { scope: 'tenant', code: 'FS_USED', levels: {} }, ''],
      ['an unknown field', { scope: 'tenant', code: 'FS_USED', enabled: false, colour: 1 }, '/colour'],
      ['an unknown level', { scope: 'tenant', code: 'FS_USED', levels: { alarm: 1 } }, '/levels/alarm'],
      ['a level in words', { scope: 'tenant', code: 'FS_USED', levels: { warning: '80' } }, '/levels/warning'],
      ['no leave', { scope: 'tenant', code: 'FS_USED', levels: { leave: null } }, '/levels/leave'],
      ['an impossible level', { scope: 'tenant', code: 'FS_USED', levels: { warning: 140 } }, '/levels/warning'],
      ['warning beyond critical', { scope: 'tenant', code: 'FS_USED', levels: { warning: 99 } }, '/levels/warning'],
      ['levels of a state', { scope: 'tenant', code: 'SMART_STATUS', levels: { warning: 1 } }, '/levels/warning'],
      ['zero sights', { scope: 'tenant', code: 'FS_USED', fails_before_alert: 0 }, '/fails_before_alert'],
      ['101 sights', { scope: 'tenant', code: 'FS_USED', fails_before_alert: 101 }, '/fails_before_alert'],
      ['half a sight', { scope: 'tenant', code: 'FS_USED', fails_before_alert: 1.5 }, '/fails_before_alert'],
      ['enabled in words', { scope: 'tenant', code: 'FS_USED', enabled: 'no' }, '/enabled'],
    ])('%s', async (_case, body, pointer) => {
      const before = await count('select 1 from thresholds where tenant_id = $1', [tenant.id]);
      const answer = await post(body);
      expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
      expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
      expect(await count('select 1 from thresholds where tenant_id = $1', [tenant.id])).toBe(before);
    });

    it('a check that there is not, naming where the list is', async () => {
      const { errors } = (await post({ scope: 'tenant', code: 'FS_FULL', enabled: false })).body;
      expect(errors).toEqual([
        { pointer: '/code', detail: 'is not a check: GET /api/v1/thresholds/checks lists them all' },
      ]);
    });

    it('levels out of order with those of the wider override that they are laid over, which is named', async () => {
      const site = await ownSite(tenant.id);
      const device = await newDevice(site);
      const wider = await created({
        scope: 'site',
        site_id: site,
        code: 'FS_USED',
        levels: { warning: 60, critical: 70 },
      });
      const { body } = await post(onDevice(device, { levels: { warning: 75 } }));
      expect(body.errors[0]).toMatchObject({ pointer: '/levels', detail: expect.stringContaining(wider.id) });
      // And what the check itself would not take, the wider override may make possible.
      await created(onDevice(device, { levels: { critical: 65 } }));
    });
  });
});

describe('GET /api/v1/thresholds', () => {
  it('200 lists newest first, page by page, by every filter', async () => {
    const site = await ownSite(tenant.id);
    const device = await newDevice(site);
    const made = [
      await created({ scope: 'site', site_id: site, code: 'FS_USED', enabled: false }),
      await created(onDevice(device)),
      await created(onDevice(device, { code: 'SWAP_USED', levels: {}, fails_before_alert: 2 })),
    ];
    const ids = async (query: string) => (await call(query)).body.data.map(({ id }: { id: string }) => id) as string[];
    expect(await ids(`?device_id=${device}`)).toEqual([made[2].id, made[1].id]);
    expect(await ids(`?site_id=${site}`)).toEqual([made[0].id]);
    expect(await ids(`?device_id=${device}&code=FS_USED`)).toEqual([made[1].id]);
    expect(await ids(`?device_id=${device}&scope=site`)).toEqual([]);
    const { data, page } = (await call('?limit=2')).body;
    expect(data).toHaveLength(2);
    expect(page.has_more).toBe(true);
    const next = await ids(`?limit=200&cursor=${page.next_cursor}`);
    expect(next[0]).toBe(made[0].id);
    expect(next).not.toContain(data[1].id);
  });

  it('422 for an unknown parameter, a cursor that is none, an id that is none', async () => {
    for (const [query, pointer] of [
      ['?colour=red', '/colour'],
      ['?scope=planet', '/scope'],
      ['?device_id=1', '/device_id'],
    ])
      expect((await call(query)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await call('?cursor=abc')).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
  });

  it('404 for an id that is none, unknown, or another tenant’s: byte for byte the same', async () => {
    const mine = await created(onDevice(await newDevice()));
    const text = ({ text: body, headers }: Answer, id: string) =>
      body.replaceAll(id, 'ID').replaceAll(headers.get('x-request-id') ?? '', 'REQUEST');
    const unknown = `thr_${'0'.repeat(32)}`;
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const ask = (id: string) =>
        call(`/${id}`, { token: stranger, method, ...(method === 'PATCH' && { json: { enabled: false } }) });
      const answers = [await ask(mine.id), await ask(unknown), await ask('nonsense')];
      expect(answers.map(({ body }) => body.code)).toEqual(Array(3).fill('threshold-not-found'));
      expect(text(answers[0]!, mine.id)).toBe(text(answers[1]!, unknown));
      expect(text(answers[2]!, 'nonsense')).toBe(text(answers[1]!, unknown));
    }
    expect((await call('', { token: stranger })).body.data.map(({ id }: { id: string }) => id)).not.toContain(mine.id);
    expect((await call(`/${mine.id}`)).body).toEqual(mine);
  });
});

describe('PATCH /api/v1/thresholds/{id}', () => {
  it('200 changes what is named, counts the version, and is on record with before and after', async () => {
    const before = await created(onDevice(await newDevice(), { fails_before_alert: 2 }));
    const answer = await patch(
      before.id,
      { levels: { warning: 80, critical: 95 }, enabled: true },
      { 'if-match': '"v1"' },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toEqual({
      ...before,
      levels: { warning: 80, critical: 95 },
      enabled: true,
      version: 2,
      updated_at: expect.any(String),
    });
    const cleared = await patch(before.id, { fails_before_alert: null, levels: null });
    expect(cleared.body).toMatchObject({ fails_before_alert: null, levels: {}, enabled: true, version: 3 });
    const audit = await rows<{ details: object }>(
      'select details from audit_events where resource_id = $1 order by timestamp',
      [before.id],
    );
    expect(audit.map(({ details }) => details)).toEqual([
      { setting: 'threshold', before: null, after: before },
      { setting: 'threshold', before, after: answer.body },
      { setting: 'threshold', before: answer.body, after: cleared.body },
    ]);
  });

  it('412 when it was changed since it was read, and nothing happens', async () => {
    const made = await created(onDevice(await newDevice()));
    await patch(made.id, { enabled: true });
    for (const change of [
      patch(made.id, { enabled: false }, { 'if-match': '"v1"' }),
      remove(made.id, { 'if-match': '"v1"' }),
    ])
      expect((await change).body).toMatchObject({ status: 412, code: 'precondition-failed' });
    expect((await call(`/${made.id}`)).body).toMatchObject({ enabled: true, version: 2 });
  });

  it('200 for exactly one of two who have read the same', async () => {
    const made = await created(onDevice(await newDevice()));
    const answers = await Promise.all(
      [1, 2, 3, 4].map((each) => patch(made.id, { fails_before_alert: each }, { 'if-match': '"v1"' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, ''],
    ['what is fixed', { code: 'MEMORY_USED' }, '/code'],
    ['the scope', { scope: 'tenant', enabled: false }, '/scope'],
    ['levels out of order', { levels: { warning: 99 } }, '/levels/warning'],
    ['all that it said taken back', { levels: null }, ''],
  ])('422 for %s', async (_case, change, pointer) => {
    const made = await created(onDevice(await newDevice()));
    const answer = await patch(made.id, change);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
    expect((await call(`/${made.id}`)).body).toEqual(made);
  });
});

describe('DELETE /api/v1/thresholds/{id}', () => {
  it('204 takes it back, on record with what it said; then it is 404 and can be made anew', async () => {
    const body = onDevice(await newDevice());
    const made = await created(body);
    const answer = await remove(made.id, { 'if-match': '"v1"' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    const [, audit] = await rows<{ details: object }>(
      'select details from audit_events where resource_id = $1 order by timestamp',
      [made.id],
    );
    expect(audit?.details).toEqual({ setting: 'threshold', before: made, after: null });
    expect((await remove(made.id)).status).toBe(404);
    await created(body);
  });

  it('goes with its device', async () => {
    const device = await newDevice();
    const made = await created(onDevice(device));
    await rows('delete from devices where id = $1', [device]);
    expect((await call(`/${made.id}`)).status).toBe(404);
  });

  it('405 for methods that there are not', async () => {
    expect((await call('', { method: 'PUT', json: {} })).status).toBe(405);
  });
});

describe('GET /api/v1/thresholds/checks', () => {
  it('200 shows a viewer every check with its own limits and their source', async () => {
    const { status, body } = await call('/checks', { token: viewer });
    expect(status).toBe(200);
    expect(body.scoring_version).toMatch(/^\d+\.\d+\.\d+$/);
    const byCode = new Map(body.checks.map((check: { code: string }) => [check.code, check]));
    expect(byCode.get('FS_USED')).toEqual({
      code: 'FS_USED',
      category: 'storage',
      metric: 'disk.used_ratio',
      unit: '%',
      kind: 'levels',
      worse: 'above',
      levels: { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 },
      source: expect.stringContaining('Netdata'),
      title: { en: expect.any(String), 'pt-BR': expect.any(String) },
    });
    expect(byCode.get('SMART_STATUS')).toMatchObject({ kind: 'states', worse: null, levels: null });
    expect(byCode.size).toBeGreaterThan(30);
    expect((await api.call(`${PATH}/checks`)).status).toBe(401);
  });
});

describe('GET /api/v1/thresholds/effective', () => {
  const effective = async (device: string, token = manager) => call(`/effective?device_id=${device}`, { token });
  const ofCheck = (body: Answer['body'], code: string) =>
    body.checks.find((each: { code: string }) => each.code === code);

  it('200 shows what is in force on one device, level by level with who says so', async () => {
    const site = await ownSite(tenant.id);
    const device = await newDevice(site);
    const wide = await created({ scope: 'site', site_id: site, code: 'FS_USED', levels: { leave: 60, warning: 70 } });
    const near = await created(onDevice(device, { levels: { warning: 85 }, fails_before_alert: 4 }));
    const { status, body } = await effective(device);
    expect(status).toBe(200);
    expect(body).toMatchObject({ device_id: device, site_id: site, overrides: [wide, near] });
    expect(ofCheck(body, 'FS_USED')).toEqual({
      code: 'FS_USED',
      levels: { leave: 60, warning: 85, critical_leave: 90, critical: 98, fail: 100 },
      fails_before_alert: 4,
      enabled: true,
      source: expect.stringMatching(
        new RegExp(`^device override ${near.id} of .* over site override ${wide.id} of .*; else `),
      ),
      from: {
        levels: { leave: wide.id, warning: near.id, critical_leave: 'default', critical: 'default', fail: 'default' },
        fails_before_alert: near.id,
        enabled: 'default',
      },
      set_aside: [],
    });
    expect(ofCheck(body, 'MEMORY_USED')).toMatchObject({ from: { levels: { warning: 'default' } } });
  });

  it('200 when a wider override has changed so that both contradict: the nearer holds, and it says so', async () => {
    const site = await ownSite(tenant.id);
    const device = await newDevice(site);
    const wide = await created({ scope: 'site', site_id: site, code: 'FS_USED', levels: { warning: 70 } });
    const near = await created(onDevice(device, { levels: { warning: 95 } }));
    expect((await patch(wide.id, { levels: { critical: 92, critical_leave: 91 } })).status).toBe(200);
    const check = ofCheck((await effective(device)).body, 'FS_USED');
    expect(check).toMatchObject({ levels: { warning: 95, critical: 98 }, set_aside: [wide.id] });
    // A diagnostic is judged by just that.
    const { device: _device, ...body } = diagnosticBody({
      sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(94)] } } },
    });
    const judge = () => api.call('/api/v1/diagnostics', { token: technician, json: { ...body, device_id: device } });
    const [deduction] = (await judge()).body.health.deductions;
    expect(deduction).toMatchObject({
      finding_id: null,
      evidence: { threshold: 95, source: expect.stringContaining(`site override ${wide.id} `) },
    });
    expect(deduction.evidence.source).toContain(near.id);
  });

  it('404 for a device that is none, unknown, or another tenant’s', async () => {
    const device = await newDevice();
    for (const [id, token] of [
      ['nonsense', viewer],
      [`dev_${'0'.repeat(32)}`, viewer],
      [device, stranger],
    ] as const)
      expect((await effective(id, token)).body).toMatchObject({ status: 404, code: 'device-not-found' });
    expect((await call('/effective')).body).toMatchObject({ status: 422, errors: [{ pointer: '/device_id' }] });
  });
});

describe('a diagnostic', () => {
  it('is judged by the override from the very next POST on, which lowers the score and names itself', async () => {
    const first = await diagnosed(75);
    expect(first.findings).toEqual([]);
    const { device: _device, ...body } = diagnosticBody({
      sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(75)] } } },
    });
    const again = async () =>
      (await api.call('/api/v1/diagnostics', { token: technician, json: { ...body, device_id: first.device_id } }))
        .body;
    const strict = await created(onDevice(first.device_id, { levels: { leave: 50, warning: 60, critical: 70 } }));
    const second = await again();
    expect(second.health.score).toBeLessThan(first.health.score);
    expect(second.findings).toMatchObject([
      {
        code: 'FS_USED',
        severity: 'critical',
        evidence: { threshold: 70, source: expect.stringContaining(`device override ${strict.id} of `) },
      },
    ]);
    await patch(strict.id, { levels: { leave: 50, warning: 60, critical: null } });
    expect((await again()).findings).toMatchObject([{ code: 'FS_USED', severity: 'warning' }]);
    await remove(strict.id);
    expect((await again()).health.score).toBe(first.health.score);
  });

  it('is not judged by a check that is turned off; its category stays observed by the others', async () => {
    const sections = {
      storage: { status: 'ok', data: { fsSize: [fileSystem(99)], disksIO: { tWaitPercent: 5 } } },
    };
    const before = await diagnosed(99, { sections });
    expect(before.findings).toHaveLength(1);
    await created(onDevice(before.device_id, { levels: {}, enabled: false }));
    const { device: _device, ...body } = diagnosticBody({ sections });
    const after = (
      await api.call('/api/v1/diagnostics', { token: technician, json: { ...body, device_id: before.device_id } })
    ).body;
    expect(after.health).toMatchObject({ score: 100, coverage: before.health.coverage, deductions: [] });
    expect(after.findings).toEqual([]);
    // What it had found does not stay open for ever.
    const found = await rows<{ state: string }>('select state from findings where device_id = $1', [before.device_id]);
    expect(found).toEqual([{ state: 'resolved' }]);
  });

  it('of a category whose only check is turned off observes nothing there, and says why', async () => {
    const before = await diagnosed(50);
    await created(onDevice(before.device_id, { levels: {}, enabled: false }));
    const { device: _device, ...body } = diagnosticBody({
      sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(50)] } } },
    });
    const { health } = (
      await api.call('/api/v1/diagnostics', { token: technician, json: { ...body, device_id: before.device_id } })
    ).body;
    expect(health).toMatchObject({ score: null, coverage: 0 });
    expect(health.categories.find(({ name }: { name: string }) => name === 'storage').reason).toContain('turned off');
  });

  it('of a tenant is judged by its own overrides only', async () => {
    const load = { sections: { cpu: { status: 'ok', data: { currentLoad: 99.5 } } } };
    const made = await created({ scope: 'tenant', code: 'CPU_LOAD', levels: { warning: null, critical: null } });
    const ours = await diagnosed(0, load);
    const theirs = await api.call('/api/v1/diagnostics', {
      token: await api.tokenOf('technician', 1),
      json: diagnosticBody(load),
    });
    expect(ours.findings).toEqual([]);
    expect(theirs.body.findings).toMatchObject([{ code: 'CPU_LOAD' }]);
    await remove(made.id);
    expect((await diagnosed(0, load)).findings).toMatchObject([{ code: 'CPU_LOAD' }]);
  });
});

describe('POST /api/v1/thresholds/preview', () => {
  const HOUR_MS = 3_600_000;
  const preview = (json: unknown, token = manager) => call('/preview', { token, json });

  /** Posts a series of how full the disk is, so many hours apart, the last one just now. */
  async function posted(device_id: string, values: readonly number[], hoursApart: number): Promise<void> {
    const start = Date.now() - values.length * hoursApart * HOUR_MS;
    const { device: _device, ...body } = diagnosticBody();
    for (const [index, used] of values.entries()) {
      const collected_at = new Date(start + (index + 1) * hoursApart * HOUR_MS - 60_000).toISOString();
      const sections = { storage: { status: 'ok', data: { fsSize: [fileSystem(used)] } } };
      const json = { ...body, device_id, collected_at, sections };
      const answer = await api.call('/api/v1/diagnostics', { token: technician, json });
      if (answer.status !== 201) throw new Error(answer.text);
    }
  }

  /** The preview, once the replica that it is made from has all diagnostics. */
  async function previewed(json: object, diagnostics: number): Promise<Answer['body']> {
    let answer: Answer | undefined;
    await waitFor(async () => {
      answer = await preview(json);
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.body.diagnostics === diagnostics;
    });
    return answer?.body;
  }

  /** Every event of this tenant, as the outbox took it: once delivered, its row there is gone. */
  const opened = async (device_id: string) =>
    (
      await rows<{ payload: { severity: string; value: number } }>(
        `select payload from overheard where type = 'finding.opened' and payload ->> 'device_id' = $1 order by nth`,
        [device_id],
      )
    ).map(({ payload: { severity, value } }) => ({ severity, value }));

  beforeAll(async () => {
    await rows('create table overheard (nth bigint generated always as identity, type text, payload json)');
    await rows(`create function overhear() returns trigger language plpgsql security definer as
      $$ begin insert into public.overheard (type, payload) values (new.type, new.payload); return null; end $$`);
    await rows(`create trigger overhear after insert on outbox for each row when (new.tenant_id = '${tenant.id}')
      execute function overhear()`);
  });
  afterAll(async () => {
    await rows('drop trigger overhear on outbox');
    await rows('drop function overhear');
    await rows('drop table overheard');
  });

  const wavering = [50, 91, 92, 85, 79, 91, 60, 93, 98.5, 89, 70, 91, 40, 94, 94, 95, 70, 99];
  const flapping = Array.from({ length: 12 }, (_, index) => (index % 2 ? 60 : 93));
  it.each<[string, number[], number, object]>([
    ['stricter levels', wavering, 20, { levels: { leave: 60, warning: 75, critical: 90 } }],
    ['looser levels', wavering, 20, { levels: { leave: 90, warning: 94, critical: null } }],
    ['only what lasts', wavering, 20, { fails_before_alert: 3 }],
    ['only the critical', wavering, 20, { levels: { warning: null } }],
    ['nothing at all', wavering, 20, { enabled: false }],
    ['what flaps, by stricter levels', flapping, 1, { levels: { leave: 50, warning: 58 } }],
    ['what flaps, by a hysteresis that is narrower', flapping, 1, { levels: { leave: 92, warning: 92.5 } }],
  ])('says what comes true: %s', async (_case, series, hoursApart, wish) => {
    const [before, after] = [await newDevice(), await newDevice()];
    await created(onDevice(after, { levels: {}, ...wish }));
    await Promise.all([before, after].map((device) => posted(device, series, hoursApart)));
    const body = await previewed(onDevice(before, { levels: {}, ...wish }), series.length);
    expect(body).toMatchObject({ code: 'FS_USED', devices: 1, not_covered: 0, truncated: false });

    const then = await opened(before);
    expect(then.length).toBeGreaterThan(0);
    expect(body.current.alerts).toBe(then.length);

    const now = await opened(after);
    expect(body.proposed).toMatchObject({ alerts: now.length, devices: now.length > 0 ? 1 : 0 });
    const told = body.would_fire.toReversed().map(({ severity, value }: Answer['body']) => ({ severity, value }));
    expect(told).toEqual(now);
    expect(body.proposed.open_now).toBe(
      await count(`select 1 from findings where device_id = $1 and state = 'open'`, [after]),
    );
  });

  it('200 says of whom, when, how bad, until when, and what would be quiet from now on; nothing is saved', async () => {
    const site = await ownSite(tenant.id);
    const [near, far] = [await newDevice(site), await newDevice()];
    await posted(near, [91, 70, 96], 24);
    await posted(far, [91], 24);
    const before = await count('select 1 from thresholds union all select 1 from audit_events');
    const body = await previewed({ scope: 'site', site_id: site, code: 'FS_USED', levels: { warning: 95 } }, 3);
    expect(await count('select 1 from thresholds union all select 1 from audit_events')).toBe(before);
    expect(body).toMatchObject({
      devices: 1,
      current: { alerts: 2, devices: 1, open_now: 1 },
      proposed: { alerts: 1, devices: 1, open_now: 1 },
      would_fire: [{ device_id: near, key: 'FS_USED:/', severity: 'warning', value: 96, resolved_at: null }],
      no_longer_fire: [{ device_id: near, value: 91, at: expect.any(String), resolved_at: expect.any(String) }],
    });
    expect(Date.parse(body.to) - Date.parse(body.from)).toBe(30 * 24 * HOUR_MS);
    const whole = await previewed({ scope: 'device', device_id: far, code: 'FS_USED' }, 1);
    expect(whole.current).toEqual(whole.proposed);
  });

  it('200 compares with the override that is there: taken back, it would fire again', async () => {
    const device = await newDevice();
    await created(onDevice(device, { levels: {}, enabled: false }));
    await posted(device, [91, 95], 24);
    const body = await previewed(onDevice(device, { levels: {} }), 2);
    expect([body.current.alerts, body.proposed.alerts]).toEqual([0, 1]);
  });

  it('200 looks back as many days as asked for, and counts what kept no readings apart', async () => {
    const device = await newDevice();
    await posted(device, [91, 70, 91], 48);
    await rows(
      'update diagnostics set readings = null where id in (select id from diagnostics where device_id = $1 order by seen_at desc limit 1)',
      [device],
    );
    expect(await previewed(onDevice(device, { levels: {} }), 2)).toMatchObject({
      not_covered: 1,
      current: { alerts: 1 },
    });
    expect(await previewed(onDevice(device, { levels: {}, days: 3 }), 1)).toMatchObject({
      not_covered: 1,
      current: { alerts: 0 },
    });
  });

  it('200 knows nothing of another tenant', async () => {
    const other = await ownTenant(api);
    const answer = await preview(
      { scope: 'tenant', code: 'FS_USED', levels: { warning: 85 } },
      await other.tokenOf('manager'),
    );
    expect(answer.body).toMatchObject({
      devices: 0,
      diagnostics: 0,
      not_covered: 0,
      would_fire: [],
      no_longer_fire: [],
    });
  });

  it('404 for a site or a device that there is not, or that is another tenant’s', async () => {
    const device = await newDevice();
    for (const token of [manager, stranger])
      expect((await preview(onDevice(`dev_${'0'.repeat(32)}`), token)).body.code).toBe('device-not-found');
    expect((await preview(onDevice(device), stranger)).body).toMatchObject({ status: 404, code: 'device-not-found' });
    const site_id = await ownSite(tenant.id);
    const atSite = { scope: 'site', site_id, code: 'FS_USED', enabled: false };
    expect((await preview(atSite, stranger)).body).toMatchObject({ status: 404, code: 'site-not-found' });
    expect((await preview(atSite)).status).toBe(200);
  });

  it.each<[string, object, string]>([
    ['31 days', { days: 31 }, '/days'],
    ['no days', { days: 0 }, '/days'],
    ['half a day', { days: 0.5 }, '/days'],
    ['a check that there is not', { code: 'FS_FULL' }, '/code'],
    ['levels out of order', { levels: { warning: 99.5 } }, '/levels/warning'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('422 for %s', async (_case, changes, pointer) => {
    const answer = await preview({ scope: 'tenant', code: 'FS_USED', levels: {}, ...changes });
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
  });
});
