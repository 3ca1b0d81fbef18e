import { randomUUID } from 'node:crypto';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
const UNKNOWN = `dgn_${'0'.repeat(32)}`;
/** Thresholds hold for a whole tenant: this one is nobody else's. */
let tenant: OwnTenant;
let technician: string;
let manager: string;
let viewer: string;

beforeAll(async () => {
  tenant = await ownTenant(api);
  [technician, manager, viewer] = await Promise.all([
    tenant.tokenOf('technician'),
    tenant.tokenOf('manager'),
    tenant.tokenOf('viewer'),
  ]);
});

const created = async (changes?: Record<string, unknown>): Promise<Answer['body']> => {
  const answer = await api.call(PATH, { token: technician, json: diagnosticBody(changes) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const diff = (id: string, against: string, token = technician) =>
  api.call(`${PATH}/${id}/diff?against=${against}`, { token });
const rescore = (id: string, token = technician) => api.call(`${PATH}/${id}/rescore`, { method: 'POST', token });
const storage = (data: Record<string, unknown>) => ({ storage: { status: 'ok', data } });
const keys = (findings: { key: string }[]) => findings.map(({ key }) => key);
const other = (serial: string) => ({ ...disk(0), serialNum: serial });

describe('GET /api/v1/diagnostics/{id}/diff', () => {
  it('200 says what changed from the one against to the one of the path', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const before = await created({
      device,
      sections: storage({ fsSize: [fileSystem(92)], diskLayout: [disk(3)] }),
    });
    const after = await created({
      device,
      sections: storage({ fsSize: [fileSystem(96)], diskLayout: [{ ...disk(0), temperature: 60 }] }),
    });
    const answer = await diff(after.id, before.id);
    expect(answer.status).toBe(200);
    const { score, coverage, categories, findings } = answer.body;
    expect(score).toEqual({
      from: before.health.score,
      to: after.health.score,
      delta: Math.round((after.health.score - before.health.score) * 100) / 100,
    });
    expect(coverage).toEqual({ from: before.health.coverage, to: after.health.coverage, delta: 0 });
    expect(categories).toContainEqual({
      name: 'storage',
      from: before.health.categories[0].score,
      to: after.health.categories[0].score,
      delta: expect.any(Number),
    });
    expect(categories).toContainEqual({ name: 'network', from: null, to: null, delta: null });
    expect(keys(findings.opened)).toEqual(['DISK_TEMPERATURE:WX12A34']);
    expect(keys(findings.resolved)).toEqual(['SMART_197:WX12A34']);
    const [was] = before.findings.filter(({ key }: { key: string }) => key === 'FS_USED:/');
    const [is] = after.findings.filter(({ key }: { key: string }) => key === 'FS_USED:/');
    expect(findings.changed).toEqual([
      {
        id: is.id,
        key: 'FS_USED:/',
        category: 'storage',
        code: 'FS_USED',
        title: is.title,
        from: { severity: was.severity, evidence: was.evidence, points: was.points },
        to: { severity: is.severity, evidence: is.evidence, points: is.points },
      },
    ]);
    expect(findings.unobserved).toEqual([]);
  });

  it('200 the other way round, and nothing between a diagnostic and itself', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const before = await created({ device, sections: storage({ diskLayout: [disk(3)] }) });
    const after = await created({ device, sections: storage({ diskLayout: [disk(0)] }) });
    const there = (await diff(after.id, before.id)).body;
    const back = (await diff(before.id, after.id)).body;
    expect(keys(back.findings.opened)).toEqual(keys(there.findings.resolved));
    expect(back.score.delta).toBe(-there.score.delta);
    const none = (await diff(after.id, after.id)).body;
    expect(none.score.delta).toBe(0);
    expect(Object.values(none.findings)).toEqual([[], [], [], []]);
  });

  it('a fault that was not looked for is neither there nor resolved; one of a part that is gone is resolved', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const failing = await created({ device, sections: storage({ diskLayout: [disk(3), other('STAYS')] }) });
    const unread = await created({ device, sections: { storage: { status: 'denied', error: 'needs root' } } });
    const replaced = await created({ device, sections: storage({ diskLayout: [other('NEW'), other('STAYS')] }) });
    const blind = (await diff(unread.id, failing.id)).body;
    expect(keys(blind.findings.unobserved)).toEqual(['SMART_197:WX12A34']);
    expect(blind.findings.resolved).toEqual([]);
    expect(blind.score).toMatchObject({ to: null, delta: null });
    expect(keys((await diff(replaced.id, failing.id)).body.findings.resolved)).toEqual(['SMART_197:WX12A34']);
  });

  it('422 for one of another device, without against, and for an unknown parameter', async () => {
    const [one, another] = [await created(), await created()];
    expect((await diff(one.id, another.id)).body).toMatchObject({ status: 422, errors: [{ pointer: '/against' }] });
    for (const query of ['', `?against=${one.id}&colour=red`, `?against=${one.id}&against=${one.id}`])
      expect((await api.call(`${PATH}/${one.id}/diff${query}`, { token: viewer })).status).toBe(422);
  });

  it('404 for either that is unknown, none, or another tenant’s, all alike', async () => {
    const { id } = await created();
    const foreign = await api.call(PATH, { token: await api.tokenOf('technician', 1), json: diagnosticBody() });
    for (const bad of [UNKNOWN, 'nope', '', foreign.body.id])
      for (const [left, right] of [
        [id, bad],
        [bad, id],
      ] as const) {
        if (left === '') continue;
        const { body } = await diff(left, right);
        expect([left, right, body.status, body.code]).toEqual([left, right, 404, 'diagnostic-not-found']);
      }
  });
});

describe('POST /api/v1/diagnostics/{id}/rescore', () => {
  const sum = (items: { points: number }[]) => items.reduce((total, { points }) => total + points, 0);

  it('200 says the same where nothing changed, stores nothing, and is on record', async () => {
    const diagnostic = await created({ sections: storage({ fsSize: [fileSystem(95)], diskLayout: [disk(1)] }) });
    const { id, health, scoring_version, findings } = diagnostic;
    const answer = await rescore(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      diagnostic_id: id,
      scoring_version: { then: scoring_version, now: scoring_version },
      score: { then: health.score, now: health.score, delta: 0 },
      band: { then: health.band, now: health.band },
      coverage: { then: health.coverage, now: health.coverage },
      differences: [],
    });
    expect(answer.body.health).toEqual(health);
    expect(keys(answer.body.findings)).toEqual(keys(findings));
    expect((await api.call(`${PATH}/${id}`, { token: viewer })).body).toEqual(diagnostic);
    expect(
      await count(`select 1 from audit_events where resource_id = $1 and event_type = 'DIAGNOSTIC_RESCORED'`, [id]),
    ).toBe(1);
  });

  it('200 explains each difference by the override that is in force now, and the points add up', async () => {
    const diagnostic = await created({ sections: storage({ fsSize: [fileSystem(85)], diskLayout: [disk(0)] }) });
    const threshold = await api.call('/api/v1/thresholds', {
      token: manager,
      json: { scope: 'device', device_id: diagnostic.device_id, code: 'FS_USED', levels: { leave: 60, warning: 70 } },
    });
    expect(threshold.status).toBe(201);
    const { body } = await rescore(diagnostic.id);
    expect(body.score.now).toBeLessThan(body.score.then);
    expect(keys(body.findings)).toContain('FS_USED:/');
    const [difference] = body.differences;
    expect(difference).toMatchObject({ code: 'FS_USED', key: 'FS_USED:/', reason: expect.stringMatching(/overrid/i) });
    expect(difference.reason).toContain('70');
    const lost = body.differences.reduce(
      (total: number, { points }: { points: { then: number; now: number } }) => total + points.now - points.then,
      0,
    );
    expect(lost).toBeCloseTo(body.score.then - body.score.now, 9);
    expect(sum(body.health.deductions)).toBeCloseTo(100 - body.score.now, 9);
    expect((await api.call(`${PATH}/${diagnostic.id}`, { token: viewer })).body.health).toEqual(diagnostic.health);

    await api.call(`/api/v1/thresholds/${threshold.body.id}`, {
      method: 'PATCH',
      token: manager,
      json: { enabled: false },
    });
    const off = (await rescore(diagnostic.id)).body;
    expect(off.differences[0]).toMatchObject({
      key: 'FS_USED:/',
      points: { now: 0 },
      reason: expect.stringContaining('switched off'),
    });
  });

  it('200 names an override that was in force then and is no longer', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const { device_id } = await created({ device });
    const threshold = await api.call('/api/v1/thresholds', {
      token: manager,
      json: { scope: 'device', device_id, code: 'FS_USED', levels: { leave: 60, warning: 70 } },
    });
    const judged = await created({ device, sections: storage({ fsSize: [fileSystem(78)] }) });
    expect(keys(judged.findings)).toEqual(['FS_USED:/']);
    await api.call(`/api/v1/thresholds/${threshold.body.id}`, { method: 'DELETE', token: manager });
    const { body } = await rescore(judged.id);
    expect(body.score.now).toBeGreaterThan(body.score.then);
    expect(body.differences).toEqual([
      expect.objectContaining({ key: 'FS_USED:/', reason: expect.stringContaining('in force then is no longer') }),
    ]);
  });

  it('200 tells what another version of the rules made of it', async () => {
    const { sections } = diagnosticBody();
    const { id, health } = await created({
      sections: { ...(sections as object), ...storage({ diskLayout: [disk(1)] }) },
    });
    const [first, ...rest] = health.deductions;
    const then = {
      ...health,
      score: 90,
      deductions: [{ ...first, points: 10, evidence: { ...first.evidence, source: 'An older table' } }],
    };
    expect(rest.length).toBeGreaterThan(0);
    await rows(`update diagnostics set scoring_version = '0.9.0', health = $2, score = 90 where id = $1`, [
      id,
      JSON.stringify(then),
    ]);
    const { body } = await rescore(id);
    expect(body.scoring_version.then).toBe('0.9.0');
    expect(body.score).toMatchObject({ then: 90, now: health.score });
    const [cap, smart] = ['CAP', 'SMART_197'].map((code) =>
      body.differences.find((difference: { code: string }) => difference.code.startsWith(code)),
    );
    expect(smart.reason).toMatch(/0\.9\.0/);
    expect(cap.reason).toMatch(/applies now/);
    const lost = body.differences.reduce(
      (total: number, { points }: { points: { then: number; now: number } }) => total + points.now - points.then,
      0,
    );
    expect(lost).toBeCloseTo(90 - health.score, 9);
  });

  it('judges support dates by the day of collection: an old diagnostic does not get worse by lying about', async () => {
    const os = { platform: 'Windows', distro: 'Microsoft Windows 10 Pro', release: '10.0.19045', build: '19045' };
    const { id } = await created({
      collected_at: '2022-01-01T00:00:00Z',
      sections: { os: { status: 'ok', data: os } },
    });
    const { body } = await rescore(id);
    expect(body.score.delta).toBe(0);
    expect(keys(body.findings)).not.toContain('OS_SUPPORT');
  });

  it('409 where there is nothing to judge', async () => {
    const { device_id } = await created();
    const id = `dgn_${randomUUID().replaceAll('-', '')}`;
    await rows(
      `insert into diagnostics (tenant_id, id, device_id, type, status, schema_version, findings)
       values ($1, $2, $3, 'full', 'requested', 1, '[]')`,
      [tenant.id, id, device_id],
    );
    expect((await rescore(id)).body).toMatchObject({ status: 409, code: 'diagnostic-without-evidence' });
    const evidence = await created();
    expect((await diff(id, id)).body.score).toEqual({ from: null, to: null, delta: null });
    expect((await diff(id, evidence.id)).body.status).toBe(422);
  });

  it('403 for a viewer; 404 for an id that is unknown, none, or another tenant’s', async () => {
    const { id } = await created();
    expect((await rescore(id, viewer)).status).toBe(403);
    const stranger = await api.tokenOf('technician', 1);
    for (const answer of [await rescore(UNKNOWN), await rescore('nope'), await rescore(id, stranger)])
      expect(answer.body).toMatchObject({ status: 404, code: 'diagnostic-not-found' });
  });
});
