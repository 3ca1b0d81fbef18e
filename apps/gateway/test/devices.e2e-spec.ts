import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/devices';
const UNKNOWN = `dev_${'0'.repeat(31)}1`;
let manager: string;
let technician: string;
let viewer: string;

beforeAll(async () => {
  [manager, technician, viewer] = await Promise.all([
    api.tokenOf('manager'),
    api.tokenOf('technician'),
    api.tokenOf('viewer'),
  ]);
});

const made = async (path: string, json: object) => {
  const answer = await api.call(path, { token: technician, json });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const device = (changes: object = {}) => made(PATH, { hostname: `host-${randomUUID()}`, ...changes });
const diagnostic = (changes: Record<string, unknown> = {}) => made('/api/v1/diagnostics', diagnosticBody(changes));
const place = async () => {
  const customer = await made('/api/v1/customers', { name: 'Padaria' });
  const site = await made('/api/v1/sites', { customer_id: customer.id, name: 'Balcão' });
  return { customer, site };
};
const page = async (id: string) => (await api.call(`${PATH}/${id}`, { token: viewer })).body;
const patch = (id: string, json: object, headers?: Record<string, string>) =>
  api.call(`${PATH}/${id}`, { method: 'PATCH', token: technician, json, ...(headers && { headers }) });
const audited = (id: string) =>
  rows<{ event_type: string; details: Record<string, unknown> }>(
    'select event_type, details from audit_events where resource_id = $1 order by timestamp',
    [id],
  );

describe('POST /api/v1/devices', () => {
  it('201 makes one, says where it is, and is on record', async () => {
    const { site, customer } = await place();
    const json = {
      hostname: ` Balcao-${randomUUID()} `,
      serial: `SN-${randomUUID()}`,
      uuid: randomUUID().toUpperCase(),
      manufacturer: 'LENOVO',
      model: '20XW',
      macs: ['8c:16:45:aa:bb:01'],
      name: 'Counter 3',
      notes: 'by the window',
      site_id: site.id,
      tags: ['counter', 'ssd', 'counter'],
    };
    const answer = await api.call(PATH, { token: technician, json });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${PATH}/${answer.body.id}`);
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^dev_[0-9a-f]{32}$/),
      name: 'Counter 3',
      hostname: json.hostname.trim().toLowerCase(),
      serial: json.serial,
      uuid: json.uuid.toLowerCase(),
      manufacturer: 'LENOVO',
      model: '20XW',
      macs: ['8c:16:45:aa:bb:01'],
      os: null,
      agent_version: null,
      site: { id: site.id, name: 'Balcão' },
      customer: { id: customer.id, name: 'Padaria' },
      tags: ['counter', 'ssd'],
      notes: 'by the window',
      identity: { state: 'ok', agent_id: null, enrolled_at: null, last_seen_at: null },
      latest_diagnostic_id: null,
      health: null,
      open_findings: { critical: 0, warning: 0, info: 0 },
      version: 1,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect((await audited(answer.body.id)).map(({ event_type }) => event_type)).toEqual(['DEVICE_CREATED']);
  });

  it('201 once a key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const json = { hostname: `host-${randomUUID()}` };
    const answers = [];
    for (let time = 0; time < 2; time += 1) answers.push(await api.call(PATH, { token: technician, json, headers }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(answers[1]?.headers.get('idempotency-replayed')).toBe('true');
  });

  it('its first diagnostic is its own, by serial number, else uuid, else host name', async () => {
    const serial = `SN-${randomUUID()}`;
    const { id } = await device({ serial });
    const first = await diagnostic({ device: { serial, uuid: randomUUID(), hostname: 'renamed' } });
    expect(first.device_id).toBe(id);
    expect(await page(id)).toMatchObject({ hostname: 'renamed', latest_diagnostic_id: first.id });
  });

  it('409 names nothing when the description means one that is there, and tenants share none', async () => {
    const hostname = `host-${randomUUID()}`;
    const { id } = await device({ hostname });
    const again = await api.call(PATH, { token: technician, json: { hostname: hostname.toUpperCase() } });
    expect(again.body.code).toBe('device-exists');
    expect(again.text).not.toContain(id);
    const elsewhere = await api.call(PATH, { token: await api.tokenOf('technician', 1), json: { hostname } });
    expect(elsewhere.status).toBe(201);
  });

  it('201 for one and 409 for the rest when many make it at once', async () => {
    const json = { serial: `SN-${randomUUID()}` };
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.call(PATH, { token: technician, json })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  it.each([
    ['', {}],
    ['', { serial: 'To be filled by O.E.M.', hostname: '  ' }],
    ['/tags/0', { hostname: 'h', tags: ['  '] }],
    ['/tags/0', { hostname: 'h', tags: ['x'.repeat(65)] }],
    ['/tags', { hostname: 'h', tags: Array.from({ length: 51 }, (_none, nth) => `t${nth}`) }],
    ['/tags', { hostname: 'h', tags: 'counter' }],
    ['/site_id', { hostname: 'h', site_id: 'sit_1' }],
    ['/hostname', { hostname: 'a\u0000b' }],
    ['/name', { hostname: 'h', name: 'x'.repeat(201) }],
    ['/id', { hostname: 'h', id: UNKNOWN }],
    ['/identity_state', { hostname: 'h', identity_state: 'ok' }],
  ])('422 points to "%s"', async (pointer, json) => {
    const answer = await api.call(PATH, { token: technician, json });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
  });

  it('404 for a site that is not there', async () => {
    const answer = await api.call(PATH, {
      token: technician,
      json: { hostname: randomUUID(), site_id: `sit_${'0'.repeat(31)}1` },
    });
    expect(answer.body.code).toBe('site-not-found');
  });
});

describe('GET /api/v1/devices/{id}', () => {
  it('200 is the whole page in one call', async () => {
    const serial = `SN-${randomUUID()}`;
    const sections = (used: number, serialNum: string) => ({
      system: { status: 'ok', data: { serial, baseboard: { serial: 'L1HF12345' } } },
      os: { status: 'ok', data: { distro: 'Microsoft Windows 11 Pro', release: '10.0.22631' } },
      storage: {
        status: 'ok',
        data: { fsSize: [fileSystem(used)], diskLayout: [{ ...disk(used > 90 ? 1 : 0), serialNum }] },
      },
      memory: {
        status: 'ok',
        data: {
          total: 8e9,
          available: 6e9,
          used: 2e9,
          layout: [{ size: 8e9, serialNum: '3A1F02C4', partNum: 'M471A1K43DB1-CTD' }],
        },
      },
    });
    const first = await diagnostic({
      device: { serial, hostname: 'balcao-03' },
      collected_at: '2026-11-20T08:00:00Z',
      sections: sections(50, 'OLDDISK1'),
    });
    const second = await diagnostic({
      device: { serial, hostname: 'balcao-03' },
      collected_at: '2026-11-21T08:00:00Z',
      sections: sections(97, 'NEWDISK2'),
    });
    const answer = await api.call(`${PATH}/${second.device_id}`, { token: viewer });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v1"');
    const { body } = answer;
    expect(body).toMatchObject({
      hostname: 'balcao-03',
      os: 'Microsoft Windows 11 Pro 10.0.22631',
      agent_version: '1.0.0',
      latest_diagnostic_id: second.id,
      site: null,
      customer: null,
      hardware: {
        disks: { parts: [{ serial: 'NEWDISK2' }], whole: true },
        memory: { parts: [{ serial: '3A1F02C4', name: 'M471A1K43DB1-CTD' }], whole: true },
        board: { baseboard: 'L1HF12345', system: serial },
      },
    });
    expect(body.identity.last_seen_at).toBe(second.received_at);
    expect(body.health).toEqual({
      ...second.health,
      deductions: second.health.deductions
        .toSorted((a: { points: number }, b: { points: number }) => b.points - a.points)
        .slice(0, 10),
    });
    expect(body.findings.map(({ id }: { id: string }) => id).sort()).toEqual(
      second.findings.map(({ id }: { id: string }) => id).sort(),
    );
    expect(body.findings[0].severity).toBe('critical');
    expect(body.open_findings.critical + body.open_findings.warning + body.open_findings.info).toBe(
      second.findings.length,
    );
    expect(body.recent_diagnostics.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id]);
    expect(body.score_history).toEqual(
      [first, second].map(({ id, collected_at, health }) => ({
        diagnostic_id: id,
        collected_at,
        score: health.score,
      })),
    );
    expect(body.events).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        type: 'hardware_changed',
        details: {
          part: 'disk',
          added: [{ serial: 'NEWDISK2', name: 'WDC WD5000LPCX' }],
          removed: [{ serial: 'OLDDISK1', name: 'WDC WD5000LPCX' }],
        },
        diagnostic_id: second.id,
        occurred_at: '2026-11-21T08:00:00.000Z',
      },
    ]);
  });

  it('200 shows at most what a page holds: 10 diagnostics, 30 scores', async () => {
    const { id, serial } = await device({ serial: `SN-${randomUUID()}` });
    for (let nth = 0; nth < 32; nth += 1)
      await diagnostic({
        device: { serial },
        collected_at: new Date(Date.UTC(2026, 9, 1, nth)).toISOString(),
        sections: { cpu: { status: 'ok', data: { currentLoad: 10 } } },
      });
    const { recent_diagnostics, score_history } = await page(id);
    expect(recent_diagnostics).toHaveLength(10);
    expect(recent_diagnostics[0].collected_at).toBe('2026-10-02T07:00:00.000Z');
    expect(score_history).toHaveLength(30);
    expect(score_history[0].collected_at).toBe('2026-10-01T02:00:00.000Z');
  });

  it('200 shows the newest of those that are left when a diagnostic is deleted, and nothing when none is', async () => {
    const serial = `SN-${randomUUID()}`;
    const at = (day: number) => diagnostic({ device: { serial }, collected_at: `2026-11-0${day}T08:00:00Z` });
    const [second, third, first] = [await at(2), await at(3), await at(1)];
    const left = [first, second, third];
    for (const next of [second, first, undefined]) {
      const { id } = left.pop() ?? {};
      await api.call(`/api/v1/diagnostics/${id}`, { method: 'DELETE', token: manager });
      const { latest_diagnostic_id, health } = await page(first.device_id);
      expect(latest_diagnostic_id).toBe(next?.id ?? null);
      expect(health?.score ?? null).toBe(next?.health.score ?? null);
    }
  });

  it('404 byte for byte the same for another tenant’s, an unknown and a malformed id, whatever is asked', async () => {
    const { id } = await device();
    const stranger = await api.tokenOf('admin', 1);
    for (const [method, suffix, json] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'mine now' }],
      ['DELETE', '', undefined],
      ['POST', '/revoke', undefined],
      ['DELETE', '/credential', undefined],
    ] as const) {
      const ask = (each: string) => api.call(`${PATH}/${each}${suffix}`, { method, token: stranger, json });
      const foreign = await ask(id);
      expect(foreign.body.code).toBe('device-not-found');
      expect(comparable(foreign, id)).toEqual(comparable(await ask(UNKNOWN), UNKNOWN));
      for (const odd of ['x%00y', "dev_' or 1=1"]) {
        expect((await ask(encodeURIComponent(odd))).body.code).toBe('device-not-found');
      }
    }
    expect((await page(id)).version).toBe(1);
  });
});

describe('GET /api/v1/devices', () => {
  const found = async (query: Record<string, string>) =>
    (
      await api.call(`${PATH}?${new URLSearchParams({ limit: '200', ...query }).toString()}`, { token: viewer })
    ).body.data.map((each: { id: string }) => each.id);

  it('200 finds by a part of name, host name, serial number, maker and model, in any case; LIKE’s signs are plain', async () => {
    const mark = randomUUID().slice(0, 8);
    const one = await device({
      name: `Recepção ${mark}`,
      hostname: `front-${mark}`,
      serial: `SER${mark.toUpperCase()}`,
      manufacturer: `Maker ${mark}`,
      model: `Model ${mark}`,
    });
    for (const q of [`RECEPÇÃO ${mark}`, `ront-${mark}`, `ser${mark}`, `AKER ${mark}`, `odel ${mark}`])
      expect(await found({ q })).toEqual([one.id]);
    expect(await found({ q: `front_${mark}` })).toEqual([]);
    expect(await found({ q: '%' })).not.toContain(one.id);
  });

  it('200 filters by customer, site, tag, band, os and identity state, each and together', async () => {
    const { site, customer } = await place();
    const tag = `tag-${randomUUID()}`;
    const serial = `SN-${randomUUID()}`;
    const { id } = await device({ serial, site_id: site.id, tags: ['counter', tag] });
    const other = await device();
    await diagnostic({
      device: { serial },
      sections: {
        ...(diagnosticBody().sections as object),
        os: { status: 'ok', data: { distro: `Debian ${tag}`, release: '12' } },
      },
    });
    const { band } = (await page(id)).health;
    const queries: Record<string, string>[] = [
      { customer_id: customer.id },
      { site_id: site.id },
      { tag },
      { os: `DEBIAN ${tag}` },
      { tag, band, identity_state: 'ok', site_id: site.id, customer_id: customer.id, os: 'debian', q: serial },
    ];
    for (const query of queries) expect(await found(query)).toEqual([id]);
    expect(await found({ tag, band: band === 'critical' ? 'healthy' : 'critical' })).toEqual([]);
    expect(await found({ tag, identity_state: 'identity_conflict' })).toEqual([]);
    expect(await found({ band })).not.toContain(other.id);
    for (const odd of ['customer_id=x', 'band=red', 'identity_state=maybe', 'surprise=1', 'q=', 'limit=0'])
      expect((await api.call(`${PATH}?${odd}`, { token: viewer })).status).toBe(422);
  });

  it('200 gives each its verdict and open findings, page by page', async () => {
    const tag = `tag-${randomUUID()}`;
    const ids = [];
    for (const nth of [1, 2, 3]) {
      const serial = `SN-${randomUUID()}`;
      ids.push((await device({ serial, tags: [tag] })).id);
      if (nth === 2)
        await diagnostic({
          device: { serial },
          sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(97)], diskLayout: [disk(5)] } } },
        });
    }
    const listed = [];
    let cursor = '';
    do {
      const { body } = await api.call(`${PATH}?tag=${tag}&limit=2${cursor}`, { token: viewer });
      listed.push(...body.data);
      cursor = body.page.next_cursor === null ? '' : `&cursor=${body.page.next_cursor}`;
    } while (cursor !== '');
    expect(listed.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(listed[1].health).toEqual({
      score: expect.any(Number),
      band: expect.any(String),
      coverage: expect.any(Number),
    });
    expect(listed[1].open_findings.critical).toBeGreaterThan(0);
    expect(listed[0].health).toBeNull();
  });

  it('shows nothing of another tenant', async () => {
    const { id, hostname } = await device();
    const stranger = await api.tokenOf('admin', 1);
    const { body } = await api.call(`${PATH}?q=${hostname}`, { token: stranger });
    expect(body.data).toEqual([]);
    expect(await found({ q: hostname })).toEqual([id]);
  });
});

describe('PATCH /api/v1/devices/{id}', () => {
  it('200 changes what people say of it, with before and after on record, and not what it says of itself', async () => {
    const { site } = await place();
    const before = await device({ name: 'Old', notes: 'x' });
    const answer = await patch(before.id, { name: 'New', notes: null, site_id: site.id }, { 'if-match': '"v1"' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toMatchObject({ name: 'New', notes: null, site: { id: site.id }, version: 2 });
    expect((await audited(before.id))[1]).toEqual({
      event_type: 'DEVICE_UPDATED',
      details: {
        before: { name: 'Old', notes: 'x', site_id: null },
        after: { name: 'New', notes: null, site_id: site.id },
      },
    });
    for (const odd of [{ serial: 'X' }, { hostname: 'x' }, { identity_state: 'identity_conflict' }, {}])
      expect((await patch(before.id, odd)).status).toBe(422);
  });

  it('200 replaces, adds and removes tags; many who add at once all do', async () => {
    const { id } = await device({ tags: ['a', 'b'] });
    expect((await patch(id, { tags: ['c'] })).body.tags).toEqual(['c']);
    expect((await patch(id, { tags: { add: ['d', 'c'], remove: ['x'] } })).body.tags).toEqual(['c', 'd']);
    expect((await patch(id, { tags: { remove: ['c'] } })).body.tags).toEqual(['d']);
    const added = Array.from({ length: 10 }, (_none, nth) => `t${nth}`);
    await Promise.all(added.map((tag) => patch(id, { tags: { add: [tag] } })));
    expect((await page(id)).tags.sort()).toEqual(['d', ...added].sort());
    const many = Array.from({ length: 45 }, (_none, nth) => `many-${nth}`);
    expect((await patch(id, { tags: { add: many } })).body.errors[0].pointer).toBe('/tags/add');
  });

  it('412 when it was changed since, though a diagnostic is no change', async () => {
    const serial = `SN-${randomUUID()}`;
    const { id } = await device({ serial });
    await diagnostic({ device: { serial } });
    expect((await patch(id, { name: 'one' }, { 'if-match': '"v1"' })).status).toBe(200);
    expect((await patch(id, { name: 'two' }, { 'if-match': '"v1"' })).status).toBe(412);
    expect((await page(id)).name).toBe('one');
  });

  it('404 for a site that is not there or another tenant’s, alike', async () => {
    const { id } = await device();
    const customer = await api.call('/api/v1/customers', {
      token: await api.tokenOf('technician', 1),
      json: { name: 'x' },
    });
    const site = await api.call('/api/v1/sites', {
      token: await api.tokenOf('technician', 1),
      json: { customer_id: customer.body.id, name: 'x' },
    });
    const unknown = `sit_${'0'.repeat(31)}1`;
    const [foreign, none] = [await patch(id, { site_id: site.body.id }), await patch(id, { site_id: unknown })];
    expect(foreign.body.code).toBe('site-not-found');
    expect(comparable(foreign, id)).toEqual(comparable(none, id));
  });
});

describe('DELETE /api/v1/devices/{id}', () => {
  it('204 takes all of its evidence with it, is on record, and tells every consumer', async () => {
    const { id, device_id } = await diagnostic({
      sections: { storage: { status: 'ok', data: { fsSize: [fileSystem(97)], diskLayout: [disk(5)] } } },
    });
    expect((await api.call(`/api/v1/diagnostics/${id}`, { token: viewer })).status).toBe(200);
    const { hostname } = await page(device_id);
    const answer = await api.call(`${PATH}/${device_id}`, { method: 'DELETE', token: manager });
    expect(answer.status).toBe(204);
    for (const table of ['diagnostics', 'findings', 'device_events', 'measurements'])
      expect(await count(`select 1 from ${table} where device_id = $1`, [device_id])).toBe(0);
    expect(await count('select 1 from diagnostic_sections where diagnostic_id = $1', [id])).toBe(0);
    expect((await api.call(`${PATH}/${device_id}`, { token: viewer })).status).toBe(404);
    expect((await api.call(`/api/v1/diagnostics/${id}`, { token: viewer })).status).toBe(404);
    const [record] = (await audited(device_id)).slice(-1);
    expect(record).toMatchObject({
      event_type: 'DEVICE_DELETED',
      details: { before: { hostname }, diagnostics: 1 },
    });
    await waitFor(
      async () =>
        (await count(`select 1 from outbox where type = 'device.deleted' and payload ->> 'device_id' = $1`, [
          device_id,
        ])) === 0,
      { timeoutMs: 10_000 },
    );
  });

  it('403 for technicians, 412 for another version, and it stays', async () => {
    const { id } = await device();
    expect((await api.call(`${PATH}/${id}`, { method: 'DELETE', token: technician })).status).toBe(403);
    expect((await api.call(`${PATH}/${id}/revoke`, { method: 'POST', token: technician })).status).toBe(403);
    const headers = { 'if-match': '"v9"' };
    expect((await api.call(`${PATH}/${id}`, { method: 'DELETE', token: manager, headers })).status).toBe(412);
    expect((await page(id)).id).toBe(id);
  });
});

describe('what a machine is told by', () => {
  it('seven PCs whose board says "To be filled by O.E.M." stay seven machines', async () => {
    const junk = { serial: 'To be filled by O.E.M.', uuid: '03000200-0400-0500-0006-000700080009' };
    const ids = await Promise.all(
      Array.from({ length: 7 }, async (_none, nth) => {
        const answer = await diagnostic({ device: { ...junk, hostname: `pc-${nth}-${randomUUID()}` } });
        return answer.device_id;
      }),
    );
    expect(new Set(ids).size).toBe(7);
  });

  it('a part that could not be read was not taken out; an older diagnostic changes no part', async () => {
    const serial = `SN-${randomUUID()}`;
    const send = (hour: number, status: string, serials: string[]) =>
      diagnostic({
        device: { serial },
        collected_at: new Date(Date.UTC(2026, 10, 1, hour)).toISOString(),
        sections: {
          storage: { status, data: { diskLayout: serials.map((serialNum) => ({ ...disk(0), serialNum })) } },
        },
      });
    const { device_id } = await send(2, 'ok', ['DISKAAA1', 'DISKBBB2']);
    await send(3, 'denied', ['DISKAAA1']);
    await send(4, 'ok', []);
    await send(1, 'ok', ['DISKCCC3']);
    const { events, hardware } = await page(device_id);
    expect(events).toEqual([]);
    expect(hardware.disks.parts.map((part: { serial: string }) => part.serial).sort()).toEqual([
      'DISKAAA1',
      'DISKBBB2',
    ]);
    await send(5, 'ok', ['DISKAAA1']);
    expect((await page(device_id)).events).toMatchObject([
      { type: 'hardware_changed', details: { part: 'disk', added: [], removed: [{ serial: 'DISKBBB2' }] } },
    ]);
  });
});
