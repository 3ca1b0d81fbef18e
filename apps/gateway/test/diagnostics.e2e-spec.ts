import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
let technician: string;
let viewer: string;

beforeAll(async () => {
  [technician, viewer] = await Promise.all([api.tokenOf('technician'), api.tokenOf('viewer')]);
});

const post = (json: unknown, headers?: Record<string, string>) =>
  api.call(PATH, { token: technician, json, ...(headers && { headers }) });
const get = (id: string, query = '') => api.call(`${PATH}/${id}${query}`, { token: viewer });
const created = async (changes?: Record<string, unknown>): Promise<Answer['body']> => {
  const answer = await post(diagnosticBody(changes));
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};

describe('POST /api/v1/diagnostics', () => {
  it('201 stores, scores and shows it, with its place', async () => {
    const answer = await post(diagnosticBody());
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${PATH}/${answer.body.id}`);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^dgn_[0-9a-f]{32}$/),
      device_id: expect.stringMatching(/^dev_[0-9a-f]{32}$/),
      type: 'full',
      status: 'completed',
      partial: false,
      collected_at: '2026-11-22T08:00:00.000Z',
      received_at: expect.stringMatching(/Z$/),
      clock_skew_ms: null,
      expires_at: null,
      created_at: expect.stringMatching(/Z$/),
      duration_ms: 1250,
      schema_version: 1,
      scoring_version: expect.any(String),
      agent: { version: '1.0.0' },
      health: expect.objectContaining({ score: expect.any(Number), band: 'healthy' }),
      findings: [],
      notes: 'at the counter',
      tags: ['counter'],
      version: 1,
    });
  });

  it('201 explains every lost point: deductions add up to 100 − score and name their findings', async () => {
    const failing = await created({
      sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(95)], diskLayout: [disk(1)] } } },
    });
    const { score, band, deductions, coverage } = failing.health;
    expect(deductions.reduce((sum: number, { points }: { points: number }) => sum + points, 0)).toBeCloseTo(
      100 - score,
      9,
    );
    expect(score).toBeLessThanOrEqual(49);
    expect(coverage).toBeCloseTo(0.25, 9);
    expect(band).toBe('unknown');
    const codes = failing.findings.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['SMART_197', 'FS_USED']));
    for (const { finding_id, evidence, fix } of deductions) {
      expect(evidence).toEqual(expect.objectContaining({ metric: expect.any(String), source: expect.any(String) }));
      expect(fix).not.toBe('');
      if (finding_id !== null) expect(failing.findings.map(({ id }: { id: string }) => id)).toContain(finding_id);
    }
  });

  it('201 stays whole when a value is absurd: that metric is unknown, the section says so, the diagnostic is partial', async () => {
    const absurd = { status: 'ok', data: { total: -5, available: 'lots', used: [1], swaptotal: null } };
    const diagnostic = await created({
      sections: { memory: absurd, cpu: { status: 'ok', data: { currentLoad: 12 } } },
    });
    expect(diagnostic.partial).toBe(true);
    const { sections } = (await get(diagnostic.id, '?include=sections')).body;
    expect(sections.memory).toMatchObject({ status: 'error', note: expect.any(String) });
    expect(sections.cpu).toEqual({ status: 'ok' });
  });

  it('201 keeps evidence as it came, whatever a machine says', async () => {
    const data = {
      nul: 'a\u0000b',
      surrogate: '\ud800',
      nested: { π: [1e300, -0.5, true, null] },
      injection: "'; drop table diagnostics; --",
    };
    const diagnostic = await created({
      sections: { cpu: { status: 'ok', data }, tomorrow: { status: 'ok', data: { unknown: 1 } } },
    });
    const raw = await get(diagnostic.id, '?include=raw');
    expect(raw.status).toBe(200);
    expect(raw.body.sections.cpu.data).toEqual(data);
    expect(raw.body.sections.tomorrow.data).toEqual({ unknown: 1 });
  });

  it('writes row, audit and event in one transaction, and the event reaches every consumer once', async () => {
    const answer = await post(diagnosticBody());
    const { id } = answer.body;
    const [audit] = await rows<object>('select * from audit_events where resource_id = $1', [id]);
    expect(audit).toMatchObject({
      event_type: 'DIAGNOSTIC_CREATED',
      success: true,
      ip_address: '127.0.0.1',
      request_id: answer.headers.get('x-request-id'),
      details: expect.objectContaining({ diagnostic_type: 'full', duration_ms: 1250 }),
    });
    // The outbox row goes when every consumer's inbox holds it: both are looked for, in this order.
    const consumers = async () =>
      rows<{ consumer: string }>(`select consumer from inbox where processed_at >= $1 order by consumer`, [
        answer.body.received_at,
      ]);
    await waitFor(async () => (await consumers()).length >= 3, { timeoutMs: 10_000 });
    await waitFor(
      async () => (await count(`select 1 from outbox where payload ->> 'diagnostic_id' = $1`, [id])) === 0,
      { timeoutMs: 10_000 },
    );
  });

  describe('finds the device again', () => {
    const deviceOf = async (device: object) => (await created({ device })).device_id as string;

    it('by serial number, whatever its name is now', async () => {
      const serial = `SN-${randomUUID()}`;
      expect(await deviceOf({ serial, hostname: 'old-name' })).toBe(await deviceOf({ serial, hostname: 'new-name' }));
    });

    it('by UUID where there is no serial number, in any case', async () => {
      const uuid = randomUUID();
      expect(await deviceOf({ uuid, serial: 'To be filled by O.E.M.' })).toBe(
        await deviceOf({ uuid: uuid.toUpperCase() }),
      );
    });

    it('by host name where there is nothing better, and knows it later by what it learned', async () => {
      const hostname = `balcao-${randomUUID()}`;
      const serial = `SN-${randomUUID()}`;
      const first = await deviceOf({ hostname });
      expect(await deviceOf({ hostname, serial })).toBe(first);
      expect(await deviceOf({ serial, hostname: 'renamed' })).toBe(first);
    });

    it('but takes two serial numbers under one host name for two machines', async () => {
      const hostname = `cloned-${randomUUID()}`;
      expect(await deviceOf({ hostname, serial: `A-${randomUUID()}` })).not.toBe(
        await deviceOf({ hostname, serial: `B-${randomUUID()}` }),
      );
    });

    it('and tells two serial numbers apart that come at once under a name known before', async () => {
      for (let round = 0; round < 4; round += 1) {
        const hostname = `shared-${randomUUID()}`;
        await deviceOf({ hostname });
        const pair = await Promise.all(
          ['A', 'B'].map((mark) => deviceOf({ hostname, serial: `${mark}-${randomUUID()}` })),
        );
        expect(new Set(pair).size).toBe(2);
      }
    });

    it('never by a junk serial number', async () => {
      const serial = 'Default string';
      expect(await deviceOf({ serial, hostname: `h-${randomUUID()}` })).not.toBe(
        await deviceOf({ serial, hostname: `h-${randomUUID()}` }),
      );
    });

    it('and makes it once, however many come at once', async () => {
      const device = { hostname: `h-${randomUUID()}`, serial: `SN-${randomUUID()}` };
      const answers = await Promise.all(Array.from({ length: 12 }, () => post(diagnosticBody({ device }))));
      expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201));
      expect(new Set(answers.map(({ body }) => body.device_id)).size).toBe(1);
    });

    it('or takes the caller’s word for it', async () => {
      const { device_id } = await created();
      const { device: _device, ...body } = diagnosticBody();
      expect((await post({ ...body, device_id })).body.device_id).toBe(device_id);
    });

    it('404 when that word is wrong', async () => {
      const { device: _device, ...body } = diagnosticBody();
      expect((await post({ ...body, device_id: `dev_${'0'.repeat(32)}` })).body).toMatchObject({
        status: 404,
        code: 'device-not-found',
      });
    });
  });

  it('counts a finding’s sights over diagnostics, and an older one never overwrites a newer', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const at = (collected_at: string, used: number) =>
      created({ device, collected_at, sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(used)] } } } });
    const [first] = (await at('2026-01-20T08:00:00Z', 93)).findings;
    await at('2026-01-22T08:00:00Z', 95);
    const [late] = (await at('2026-01-21T08:00:00Z', 94)).findings;
    expect(late).toMatchObject({
      id: first.id,
      occurrences: 3,
      first_seen: '2026-01-20T08:00:00.000Z',
      last_seen: '2026-01-22T08:00:00.000Z',
    });
    const [row] = await rows<{ evidence: { value: number } }>('select evidence from findings where id = $1', [
      first.id,
    ]);
    expect(row?.evidence.value).toBeCloseTo(95, 5);
  });

  it('judges evidence by the day it was collected', async () => {
    const sections = {
      os: {
        status: 'ok',
        data: { platform: 'Windows', distro: 'Microsoft Windows 10 Pro', release: '10.0.19045', build: '19045' },
      },
    };
    const codes = async (collected_at: string) =>
      (await created({ collected_at, sections })).findings.map(({ code }: { code: string }) => code);
    expect(await codes('2022-01-01T00:00:00Z')).not.toContain('OS_SUPPORT');
    expect(await codes('2026-01-01T00:00:00Z')).toContain('OS_SUPPORT');
  });

  it('is not frozen by a clock that was ahead once', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    await created({ device, collected_at: '9999-12-31T00:00:00Z' });
    const { id, device_id } = await created({ device, collected_at: new Date().toISOString() });
    const [row] = await rows<{ latest_diagnostic_id: string }>(
      'select latest_diagnostic_id from devices where id = $1',
      [device_id],
    );
    expect(row?.latest_diagnostic_id).toBe(id);
  });

  it('404 for a requested diagnostic that there is not', async () => {
    const answer = await post(diagnosticBody({ diagnostic_id: `dgn_${'0'.repeat(32)}` }));
    expect(answer.body).toMatchObject({ status: 404, code: 'diagnostic-not-found' });
  });

  it('503 when it cannot be audited, and nothing is stored', async () => {
    const body = diagnosticBody();
    await rows('revoke insert on audit_events from svc_diagnostics');
    try {
      expect((await post(body)).body).toMatchObject({ status: 503, code: 'service-unavailable' });
    } finally {
      await rows('grant insert on audit_events to svc_diagnostics');
    }
    expect(await count('select 1 from devices where serial = $1', [(body.device as { serial: string }).serial])).toBe(
      0,
    );
    expect((await post(body)).status).toBe(201);
  });

  describe('Idempotency-Key', () => {
    it('brings the first answer again, also with the keys in another order, and stores once', async () => {
      const headers = { 'idempotency-key': `key ${randomUUID()}` };
      const body = diagnosticBody();
      const first = await post(body, headers);
      const second = await post(Object.fromEntries(Object.entries(body).reverse()), headers);
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(second.status).toBe(201);
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(second.headers.get('location')).toBe(first.headers.get('location'));
      expect(second.body).toEqual(first.body);
      expect(await count('select 1 from diagnostics where device_id = $1', [first.body.device_id])).toBe(1);
    });

    it('422 with another body', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      await post(diagnosticBody(), headers);
      expect((await post(diagnosticBody(), headers)).body).toMatchObject({
        status: 422,
        code: 'idempotency-key-reused',
      });
    });

    it('makes one of twenty that come at once; the others are given it or told that it runs', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const body = diagnosticBody();
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(body, headers)));
      const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body: { id } }) => id));
      expect(ids.size).toBe(1);
      for (const answer of answers)
        if (answer.status !== 201) expect(answer.body).toMatchObject({ status: 409, code: 'idempotency-key-in-use' });
      expect(await count(`select 1 from diagnostics where id = $1`, [...ids])).toBe(1);
    });

    it('is a tenant’s own', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const other = await api.tokenOf('technician', 1);
      const first = await post(diagnosticBody(), headers);
      const second = await api.call(PATH, { token: other, json: diagnosticBody(), headers });
      expect([first.status, second.status]).toEqual([201, 201]);
    });

    it('without one the same body twice makes two', async () => {
      const body = diagnosticBody();
      const [first, second] = [await post(body), await post(body)];
      expect(first.body.id).not.toBe(second.body.id);
    });

    it('422 when it is longer than 255 characters', async () => {
      const answer = await post(diagnosticBody(), { 'idempotency-key': 'k'.repeat(256) });
      expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/Idempotency-Key' }] });
    });
  });

  it('201 however long the caller’s own headers are', async () => {
    const headers = { 'user-agent': 'x'.repeat(5_000), tracestate: 'y=1,'.repeat(500), traceparent: '00-rubbish' };
    expect((await post(diagnosticBody(), headers)).status).toBe(201);
  });

  it('403 for a viewer and for the operator, and nothing is stored', async () => {
    const body = diagnosticBody();
    for (const role of ['viewer', 'operator']) {
      expect((await api.call(PATH, { token: await api.tokenOf(role), json: body })).body).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
    }
    expect(await count('select 1 from devices where serial = $1', [(body.device as { serial: string }).serial])).toBe(
      0,
    );
  });
});

describe('GET /api/v1/diagnostics/{id}', () => {
  it('200 shows what the POST answered, at once and again from the cache', async () => {
    const answer = await post(diagnosticBody());
    for (let time = 0; time < 3; time += 1) {
      const seen = await get(answer.body.id);
      expect(seen.status).toBe(200);
      expect(seen.body).toEqual(answer.body);
    }
  });

  it('200 includes what is asked for: nothing, sections, raw evidence', async () => {
    const { id } = await created();
    expect((await get(id, '?include=sections')).body).not.toHaveProperty('findings');
    const { sections, findings } = (await get(id, '?include=findings,sections')).body;
    expect(findings).toEqual([]);
    expect(sections.cpu).toEqual({ status: 'ok', collected_ms: 35 });
    expect((await get(id, '?include=raw')).body.sections.cpu.data.currentLoad).toBe(12.5);
  });

  it('puts a read of raw evidence on record', async () => {
    const { id } = await created();
    await get(id);
    expect(
      await count(`select 1 from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_READ'`, [id]),
    ).toBe(0);
    await get(id, '?include=raw');
    expect(
      await count(`select 1 from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_READ'`, [id]),
    ).toBe(1);
  });

  it('422 for an include or a parameter that there is not', async () => {
    const { id } = await created();
    for (const query of ['?include=everything', '?include=', '?colour=red', '?include=raw&include=sections']) {
      expect((await get(id, query)).status).toBe(422);
    }
  });

  it.each([
    'nope',
    'dgn_',
    `dgn_${'0'.repeat(32)}`,
    `dev_${'0'.repeat(32)}`,
    `${'x'.repeat(250)}`,
    'dgn_%27%20or%201=1',
    '%00',
    'dgn_%00',
    '..%2f..%2fetc',
    'x'.repeat(3_000),
  ])('404 for an id that is unknown or none: %s', async (id) => {
    for (const query of ['', '?include=raw']) expect((await get(id, query)).status).toBe(404);
  });
});

describe('GET /api/v1/diagnostics', () => {
  const list = (query: string, token = technician) => api.call(`${PATH}${query}`, { token });

  it('200 walks all of a device’s diagnostics, newest first, each once, while others arrive', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const ids: string[] = [];
    let deviceId = '';
    for (let index = 0; index < 7; index += 1) {
      const diagnostic = await created({ device });
      deviceId = diagnostic.device_id;
      ids.unshift(diagnostic.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await list(`?device_id=${deviceId}&limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      expect(body.page.has_more).toBe(body.page.next_cursor !== null);
      cursor = body.page.next_cursor;
      await created({ device });
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it('200 filters by type, status, severity and time', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const healthy = await created({ device, type: 'memory' });
    const failing = await created({
      device,
      type: 'storage',
      sections: { storage: { status: 'ok', data: { diskLayout: [disk(3)] } } },
    });
    const only = async (filter: string) =>
      (await list(`?device_id=${healthy.device_id}&${filter}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await only('type=memory')).toEqual([healthy.id]);
    expect(await only('severity=critical')).toEqual([failing.id]);
    expect(await only('status=completed')).toEqual([failing.id, healthy.id]);
    expect(await only('status=failed')).toEqual([]);
    expect(await only(`from=${failing.created_at}`)).toEqual([failing.id]);
    expect(await only(`to=${failing.created_at}`)).toEqual([healthy.id]);
  });

  it.each([
    '?limit=0',
    '?limit=201',
    '?limit=x',
    '?type=nope',
    '?severity=bad',
    '?from=yesterday',
    '?from=0000-01-01T00:00:00Z',
    '?to=9999-12-31T23:59:59-23:59',
    '?device_id=1',
    '?colour=red',
    '?limit=1&limit=2',
  ])('422 for %s, with a pointer', async (query) => {
    const answer = await list(query);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toMatch(/^\/\w+$/);
  });

  it('422 for a cursor that was not given, or was touched', async () => {
    await created();
    await created();
    const { next_cursor } = (await list('?limit=1')).body.page;
    for (const cursor of [
      'x',
      'e30',
      `${next_cursor.slice(0, -2)}AA`,
      `${next_cursor}A`,
      `${next_cursor}=`,
      `${next_cursor}!`,
    ]) {
      expect((await list(`?limit=1&cursor=${cursor}`)).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
    }
  });
});
