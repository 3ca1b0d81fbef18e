import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { Enrollment } from './support/enrollment.js';
import { ownSite, ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/findings';
const UNKNOWN = `fnd_${'0'.repeat(32)}`;
/** No id at all, of the same length. */
const NONE = 'x'.repeat(UNKNOWN.length);
let tenant: OwnTenant;
let technician: string;
let viewer: string;
/** An admin of another tenant. */
let stranger: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  [technician, viewer, stranger] = await Promise.all([
    tenant.tokenOf('technician'),
    tenant.tokenOf('viewer'),
    api.tokenOf('admin', 1),
  ]);
});

/** By whoever wrote last: to others a replica may show it a moment later. */
const get = (id: string, token = technician) => api.call(`${PATH}/${id}`, { token });
const list = (query = '', token = technician) => api.call(`${PATH}${query}`, { token });
const act = (id: string, what: string, json: unknown, options: Call = {}) =>
  api.call(`${PATH}/${id}/${what}`, { token: technician, method: 'POST', json, ...options });
const acknowledge = (id: string, changes: object = {}, options?: Call) =>
  act(id, 'acknowledge', { rule: 'grows', reason: 'The customer knows.', ...changes }, options);

interface Machine {
  readonly device: { readonly serial: string };
  /** Posts a diagnostic of it, the next day each time, and answers with its body. */
  diagnose(data: object, changes?: Readonly<Record<string, unknown>>): Promise<Answer['body']>;
}

function newMachine(): Machine {
  const device = { serial: `SN-${randomUUID()}` };
  let day = 1;
  return {
    device,
    diagnose: async (data, changes = {}) => {
      const collected_at = new Date(Date.UTC(2026, 0, (day += 1), 8)).toISOString();
      const sections = { storage: { status: 'ok', data } };
      const json = diagnosticBody({ device, collected_at, sections, ...changes });
      const answer = await api.call('/api/v1/diagnostics', { token: technician, json });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body;
    },
  };
}

const pending = (sectors: number) => ({ diskLayout: [disk(sectors)] });
const full = (percent: number) => ({ fsSize: [fileSystem(percent)] });

/** A machine with a disk that has so many pending sectors, and the finding of it. */
async function failing(sectors = 1): Promise<{ machine: Machine; id: string; device_id: string }> {
  const machine = newMachine();
  const { findings, device_id } = await machine.diagnose(pending(sectors));
  return { machine, id: findings[0].id, device_id };
}

const auditOf = (id: string) =>
  rows<{ event_type: string; user_id: string; details: Record<string, unknown> }>(
    'select event_type, user_id, details from audit_events where resource_id = $1 order by timestamp',
    [id],
  );

describe('GET /api/v1/findings/{id}', () => {
  it('200 shows a finding as it stands now, with its version and what became of it', async () => {
    const { machine, id, device_id } = await failing();
    const { id: newest } = await machine.diagnose(pending(3));
    await machine.diagnose(pending(0));
    const answer = await get(id);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    expect(answer.body).toEqual({
      id,
      device_id,
      key: 'SMART_197:WX12A34',
      instance: 'WX12A34',
      category: 'storage',
      code: 'SMART_197',
      severity: 'critical',
      title: expect.stringContaining('WX12A34'),
      evidence: expect.objectContaining({ metric: 'smart.197', value: 3, unit: 'sectors' }),
      points: expect.any(Number),
      state: 'resolved',
      first_seen: '2026-01-02T08:00:00.000Z',
      last_seen: '2026-01-03T08:00:00.000Z',
      occurrences: 2,
      trend: '+2 in 24 h',
      acknowledgement: null,
      opened_at: '2026-01-02T08:00:00.000Z',
      resolved_at: '2026-01-04T08:00:00.000Z',
      flapping: false,
      suppressed_by: null,
      version: 2,
      updated_at: expect.stringMatching(/Z$/),
      transitions: [
        {
          from: 'open',
          to: 'resolved',
          severity: 'critical',
          reason: 'cleared',
          note: null,
          actor: null,
          diagnostic_id: expect.stringMatching(/^dgn_/),
          occurred_at: '2026-01-04T08:00:00.000Z',
        },
        expect.objectContaining({ from: null, to: 'open', reason: 'seen' }),
      ],
    });
    expect(newest).not.toBe(answer.body.transitions[0].diagnostic_id);
  });

  it('200 shows the newest 50 of its transitions', async () => {
    const { id } = await failing();
    for (let time = 0; time < 30; time += 1) {
      await act(id, 'false-positive', { reason: `${time}` });
      await act(id, 'resolve', { reason: `${time}` });
    }
    const { transitions } = (await get(id)).body;
    expect(transitions).toHaveLength(50);
    expect(transitions[0]).toMatchObject({ reason: 'resolved', note: '29' });
  });

  it('is what the stored diagnostic showed, which stays as it was', async () => {
    const { machine, id } = await failing();
    await acknowledge(id);
    const diagnostic = await machine.diagnose(pending(1));
    expect(diagnostic.findings[0]).toMatchObject({
      id,
      state: 'acknowledged',
      occurrences: 2,
      trend: 'stable for 24 h',
      acknowledgement: { rule: 'grows', baseline: { value: 1, severity: 'critical' } },
    });
    await act(id, 'resolve', {});
    const again = await api.call(`/api/v1/diagnostics/${diagnostic.id}`, { token: viewer });
    expect(again.body.findings[0].state).toBe('acknowledged');
  });
});

describe('GET /api/v1/findings', () => {
  it('200 lists newest first, by every filter', async () => {
    const machine = newMachine();
    const { device_id } = await machine.diagnose({ ...pending(2), ...full(95) });
    await machine.diagnose({ ...pending(2), ...full(50) });
    const site = await ownSite(tenant.id);
    const [{ customer_id } = { customer_id: '' }] = await rows<{ customer_id: string }>(
      'select customer_id from sites where id = $1',
      [site],
    );
    await rows('update devices set site_id = $2 where id = $1', [device_id, site]);
    const codes = async (query: string) =>
      (await list(`?device_id=${device_id}&${query}`)).body.data.map(({ code }: { code: string }) => code).sort();
    expect(await codes('')).toEqual(['FS_USED', 'SMART_197']);
    expect(await codes('state=open')).toEqual(['SMART_197']);
    expect(await codes('status=resolved')).toEqual(['FS_USED']);
    expect(await codes('state=open,resolved')).toEqual(['FS_USED', 'SMART_197']);
    expect(await codes('state=open&status=resolved')).toEqual([]);
    expect(await codes('severity=critical')).toEqual(['SMART_197']);
    expect(await codes('category=storage')).toEqual(['FS_USED', 'SMART_197']);
    expect(await codes('category=memory')).toEqual([]);
    expect(await codes('code=FS_USED')).toEqual(['FS_USED']);
    expect(await codes(`site_id=${site}`)).toEqual(['FS_USED', 'SMART_197']);
    expect(await codes(`site_id=sit_${'0'.repeat(32)}`)).toEqual([]);
    expect(await codes(`customer_id=${customer_id}`)).toEqual(['FS_USED', 'SMART_197']);
    expect(await codes(`customer_id=cus_${'0'.repeat(32)}`)).toEqual([]);
    expect(await codes('from=2026-01-03T00:00:00Z')).toEqual(['SMART_197']);
    expect(await codes('to=2026-01-03T00:00:00Z')).toEqual(['FS_USED']);
    expect(await codes('from=2026-01-02T08:00:00Z&to=2026-01-02T08:00:00Z')).toEqual([]);
  });

  it('200 walks all of them, each once, while others arrive', async () => {
    const machine = newMachine();
    const mounts = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({
        ...fileSystem(95),
        fs: `/dev/sd${from + index}`,
        mount: `/data/${from + index}`,
      }));
    const { device_id } = await machine.diagnose({ fsSize: mounts(0, 7) });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await list(`?device_id=${device_id}&limit=3${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.data.map(({ instance }: { instance: string }) => instance));
      expect(body.page.has_more).toBe(body.page.next_cursor !== null);
      cursor = body.page.next_cursor;
      await machine.diagnose({ fsSize: mounts(0, 7 + seen.length) });
    } while (cursor !== null);
    expect(seen.sort()).toEqual(mounts(0, 7).map(({ mount }) => mount));
  });

  it.each([
    ['?limit=0', '/limit'],
    ['?state=broken', '/state/0'],
    ['?state=', '/state/0'],
    ['?status=open,nope', '/status/1'],
    ['?severity=fatal', '/severity'],
    ['?category=disks', '/category'],
    ['?device_id=1', '/device_id'],
    ['?site_id=dev_1', '/site_id'],
    ['?customer_id=x', '/customer_id'],
    ['?from=yesterday', '/from'],
    ['?to=0000-01-01T00:00:00Z', '/to'],
    ['?colour=red', '/colour'],
    ['?state=open&state=resolved', '/state'],
  ])('422 for %s, with a pointer', async (query, pointer) => {
    const answer = await list(query);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(answer.body.errors.map((each: { pointer: string }) => each.pointer)).toContain(pointer);
  });

  it('422 for a cursor that was not given, or is another list’s', async () => {
    await failing();
    await failing();
    const { next_cursor } = (await api.call('/api/v1/diagnostics?limit=1', { token: viewer })).body.page;
    for (const cursor of ['x', next_cursor])
      expect((await list(`?cursor=${cursor}`)).body).toMatchObject({ status: 422, code: 'invalid-cursor' });
  });
});

describe('POST /api/v1/findings/{id}/acknowledge', () => {
  it('200 makes it known: with what was known, until when, by whom; on record', async () => {
    const { id, device_id } = await failing(2);
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const answer = await acknowledge(id, { expires_at });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v2"');
    const [audit] = await auditOf(id);
    expect(answer.body).toMatchObject({
      id,
      state: 'acknowledged',
      version: 2,
      acknowledgement: {
        rule: 'grows',
        baseline: { value: 2, severity: 'critical' },
        expires_at,
        by: audit?.user_id,
        reason: 'The customer knows.',
        at: expect.stringMatching(/Z$/),
      },
    });
    expect(audit).toMatchObject({
      event_type: 'FINDING_ACKNOWLEDGED',
      details: {
        device_id,
        key: 'SMART_197:WX12A34',
        from: 'open',
        to: 'acknowledged',
        rule: 'grows',
        expires_at,
        reason: 'The customer knows.',
      },
    });
    const { transitions, ...finding } = (await get(id)).body;
    expect(finding).toEqual(answer.body);
    expect(transitions[0]).toMatchObject({
      from: 'open',
      to: 'acknowledged',
      reason: 'acknowledged',
      note: 'The customer knows.',
      actor: audit?.user_id,
      diagnostic_id: null,
    });
  });

  it('"grows" is quiet while it stays, and wakes when it grows', async () => {
    const { machine, id } = await failing(2);
    await acknowledge(id);
    await machine.diagnose(pending(2));
    expect((await get(id)).body.state).toBe('acknowledged');
    await machine.diagnose(pending(3));
    expect((await get(id)).body).toMatchObject({ state: 'open', acknowledgement: null });
  });

  it('"reappears" is quiet for as long as it lasts, and wakes when it comes back', async () => {
    const { machine, id } = await failing(2);
    await acknowledge(id, { rule: 'reappears' });
    await machine.diagnose(pending(40));
    expect((await get(id)).body.state).toBe('acknowledged');
    await machine.diagnose(pending(0));
    expect((await get(id)).body.state).toBe('resolved');
    await machine.diagnose(pending(1));
    expect((await get(id)).body.state).toBe('open');
  });

  it('is over when its time is up, also of a machine that never reports again', async () => {
    const { id } = await failing();
    expect((await acknowledge(id, { expires_at: new Date(Date.now() + 1_500).toISOString() })).status).toBe(200);
    await waitFor(async () => (await get(id)).body.state === 'open', { timeoutMs: 20_000 });
    const { acknowledgement, transitions } = (await get(id)).body;
    expect(acknowledgement).toBeNull();
    expect(transitions[0]).toMatchObject({ reason: 'expired', actor: null });
  });

  it('409 of what is resolved: there is nothing to know of', async () => {
    const { machine, id } = await failing();
    await machine.diagnose(pending(0));
    expect((await acknowledge(id)).body).toMatchObject({ status: 409, code: 'finding-not-active' });
    expect(await auditOf(id)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no rule', { rule: undefined }, '/rule'],
    ['an unknown rule', { rule: 'never' }, '/rule'],
    ['no reason', { reason: undefined }, '/reason'],
    ['an empty reason', { reason: '' }, '/reason'],
    ['a reason that is too long', { reason: 'x'.repeat(1_001) }, '/reason'],
    ['control characters', { reason: 'a\u0000b' }, '/reason'],
    ['an end that is no time', { expires_at: 'soon' }, '/expires_at'],
    ['an end in the past', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    ['an end that is null', { expires_at: null }, '/expires_at'],
    ['an unknown field', { colour: 'red' }, '/colour'],
  ])('422 for %s, and nothing changes', async (_case, changes, pointer) => {
    const { id } = await failing();
    const answer = await acknowledge(id, changes);
    expect(answer.body).toMatchObject({ status: 422, code: 'validation-failed', errors: [{ pointer }] });
    expect((await get(id)).body).toMatchObject({ state: 'open', version: 1 });
  });

  it('412 when it was changed since it was read; with the new tag it is done', async () => {
    const { machine, id } = await failing();
    const tag = (await get(id)).headers.get('etag')!;
    await act(id, 'false-positive', { reason: 'broken sensor' });
    expect((await acknowledge(id, {}, { headers: { 'if-match': tag } })).body).toMatchObject({
      status: 412,
      code: 'precondition-failed',
    });
    const now = (await get(id)).headers.get('etag')!;
    // Being seen again is no change.
    await machine.diagnose(pending(1));
    expect((await acknowledge(id, {}, { headers: { 'if-match': now } })).status).toBe(200);
  });

  it('with an Idempotency-Key is done once, and 422 for another body', async () => {
    const { id } = await failing();
    const headers = { 'idempotency-key': randomUUID() };
    const [first, second] = [await acknowledge(id, {}, { headers }), await acknowledge(id, {}, { headers })];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([first, second].map((each) => each.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(second.body).toEqual(first.body);
    expect(await auditOf(id)).toHaveLength(1);
    expect((await acknowledge(id, { rule: 'reappears' }, { headers })).body).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
  });

  it('503 when it cannot be audited, and nothing changes', async () => {
    const { id } = await failing();
    await rows('revoke insert on audit_events from svc_diagnostics');
    try {
      expect((await acknowledge(id)).body).toMatchObject({ status: 503, code: 'service-unavailable' });
    } finally {
      await rows('grant insert on audit_events to svc_diagnostics');
    }
    expect((await get(id)).body).toMatchObject({ state: 'open', version: 1, transitions: [{ reason: 'seen' }] });
  });
});

describe('POST /api/v1/findings/{id}/resolve', () => {
  it('200 resolves it, with a reason or without a body at all; on record', async () => {
    const [first, second] = [await failing(), await failing()];
    const told = await act(first.id, 'resolve', { reason: 'Disk replaced.' });
    expect(told.body).toMatchObject({ state: 'resolved', resolved_at: expect.stringMatching(/Z$/), version: 2 });
    expect(await auditOf(first.id)).toMatchObject([
      { event_type: 'FINDING_RESOLVED', details: { reason: 'Disk replaced.', from: 'open', to: 'resolved' } },
    ]);
    const silent = await api.call(`${PATH}/${second.id}/resolve`, { token: technician, method: 'POST' });
    expect(silent.body).toMatchObject({ state: 'resolved' });
  });

  it('the next diagnostic that still shows it opens it again: nobody is told that it is well', async () => {
    const { machine, id } = await failing();
    await act(id, 'resolve', {});
    await machine.diagnose(pending(1));
    const { state, first_seen, occurrences, transitions } = (await get(id)).body;
    expect({ state, first_seen, occurrences }).toEqual({
      state: 'open',
      first_seen: '2026-01-02T08:00:00.000Z',
      occurrences: 2,
    });
    expect(transitions[0]).toMatchObject({ from: 'resolved', to: 'open', reason: 'reappeared' });
  });

  it('200 twice is resolved once', async () => {
    const { id } = await failing();
    const first = await act(id, 'resolve', {});
    expect((await act(id, 'resolve', {})).body).toEqual(first.body);
    expect(await auditOf(id)).toHaveLength(1);
  });

  it('422 for what it does not take', async () => {
    const { id } = await failing();
    for (const [json, pointer] of [
      [{ reason: 5 }, '/reason'],
      [{ rule: 'grows' }, '/rule'],
      [[], ''],
    ] as const)
      expect((await act(id, 'resolve', json)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });
});

describe('POST /api/v1/findings/{id}/false-positive', () => {
  it('200 stays false whatever is seen, and counts; a person ends it', async () => {
    const { machine, id } = await failing();
    const answer = await act(id, 'false-positive', { reason: 'The sensor is broken.' });
    expect(answer.body).toMatchObject({ state: 'false_positive', version: 2 });
    expect(await auditOf(id)).toMatchObject([
      { event_type: 'FINDING_FALSE_POSITIVE', details: { reason: 'The sensor is broken.' } },
    ]);
    for (const sectors of [40, 0, 5]) await machine.diagnose(pending(sectors));
    expect((await get(id)).body).toMatchObject({ state: 'false_positive', occurrences: 3 });
    expect((await acknowledge(id)).body.state).toBe('acknowledged');
  });

  it('422 without a reason', async () => {
    const { id } = await failing();
    expect((await act(id, 'false-positive', {})).body).toMatchObject({ status: 422, errors: [{ pointer: '/reason' }] });
  });
});

describe('whoever may not', () => {
  const acts = [
    ['acknowledge', { rule: 'grows', reason: 'x' }],
    ['resolve', {}],
    ['false-positive', { reason: 'x' }],
  ] as const;

  it('401 without a token', async () => {
    expect((await api.call(PATH)).body).toMatchObject({ status: 401, code: 'invalid-token' });
    for (const [what, json] of acts) expect((await api.call(`${PATH}/${UNKNOWN}/${what}`, { json })).status).toBe(401);
  });

  it('403 for a viewer who acts, and for an operator and an agent whatever they ask', async () => {
    const { id } = await failing();
    const { credential } = await (await Enrollment.of(api)).enroll();
    const operator = await api.tokenOf('operator');
    for (const [what, json] of acts) {
      for (const token of [viewer, operator, credential])
        expect((await act(id, what, json, { token })).body).toMatchObject({ status: 403, code: 'forbidden' });
    }
    for (const token of [operator, credential]) {
      expect((await list('', token)).status).toBe(403);
      expect((await get(id, token)).status).toBe(403);
    }
    expect((await get(id)).body).toMatchObject({ state: 'open', version: 1 });
  });

  it('404 for another tenant’s, byte for byte like an id that is unknown or none, and nothing changes', async () => {
    const { id } = await failing();
    const asks = [
      (asked: string) => get(asked, stranger),
      ...acts.map(
        ([what, json]) =>
          (asked: string) =>
            act(asked, what, json, { token: stranger }),
      ),
    ];
    for (const ask of asks) {
      const [foreign, unknown, none] = [await ask(id), await ask(UNKNOWN), await ask(NONE)];
      expect(foreign.body).toMatchObject({ status: 404, code: 'finding-not-found' });
      expect(comparable(foreign, id)).toEqual(comparable(unknown, UNKNOWN));
      expect(comparable(none, NONE)).toEqual(comparable(unknown, UNKNOWN));
    }
    expect((await get(id)).body).toMatchObject({ state: 'open', version: 1 });
    const theirs = (await list('?limit=200', stranger)).body.data.map((each: { id: string }) => each.id);
    expect(theirs).not.toContain(id);
  });
});

describe('the events of findings', () => {
  it('reach every consumer, and none is left over', async () => {
    const own = await ownTenant(api);
    const token = await own.tokenOf('technician');
    const device = { serial: `SN-${randomUUID()}` };
    const post = async (day: number, sectors: number) => {
      const sections = { storage: { status: 'ok', data: pending(sectors) } };
      const json = diagnosticBody({ device, collected_at: `2026-01-0${day}T08:00:00Z`, sections });
      return (await api.call('/api/v1/diagnostics', { token, json })).body;
    };
    const [{ id }] = (await post(1, 1)).findings; // opened
    await acknowledge(id, {}, { token }); // changed
    await act(id, 'resolve', {}, { token }); // resolved
    await waitFor(async () => (await count('select 1 from outbox where tenant_id = $1', [own.id])) === 0, {
      timeoutMs: 20_000,
    });
    const taken = await rows<{ consumer: string; events: number }>(
      'select consumer, count(*)::int as events from inbox where tenant_id = $1 group by consumer order by consumer',
      [own.id],
    );
    expect(taken.map(({ consumer }) => consumer)).toEqual(['ai', 'analytics', 'automation']);
    for (const { events } of taken) expect(events).toBeGreaterThanOrEqual(4); // and diagnostic.completed
  });
});
