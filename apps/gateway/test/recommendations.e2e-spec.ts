import { randomUUID } from 'node:crypto';
import { newId } from '@techze/contracts';
import { Api, type Answer, type Call } from './support/api.js';
import { comparable } from './support/comparable.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v3/ai/recommendations';
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

const of = (device: string, query = '', options: Call = {}) =>
  api.call(`${PATH}?device_id=${device}${query}`, { token: viewer, ...options });
const dismiss = (id: string, options: Call = {}) =>
  api.call(`${PATH}/${id}/dismiss`, { token: technician, method: 'POST', json: {}, ...options });

const ANOMALY = `insert into anomalies (tenant_id, id, device_id, peak_diagnostic_id, metric, detector, kind, severity, state,
    score, threshold, value, expected_low, expected_high, size, side, contributors, start_at, end_at, peak_at, samples,
    quiet, created_at, updated_at)
  values ($1, $2, $3, $4, 'cpu.load', 'value', 'spike', 'warning', 'open', .95, .8, 97, 5, 40, 57, 1, '[]', now(), now(),
    now(), 1, 0, now(), now())`;

let day = 0;
/** Posts a diagnostic, of a new device unless one is named, a day after the one before. */
async function diagnose(storage: object, device_id?: string): Promise<Answer['body']> {
  const { device, ...body } = diagnosticBody({
    collected_at: new Date(Date.UTC(2026, 9, (day += 1), 8)).toISOString(),
    sections: { storage: { status: 'ok', data: storage } },
  });
  const answer = await api.call('/api/v1/diagnostics', {
    token: technician,
    json: { ...body, ...(device_id ? { device_id } : { device }) },
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}
const healthy = { fsSize: [fileSystem(40)], diskLayout: [disk(0)] };
const failing = { fsSize: [fileSystem(97)], diskLayout: [disk(2)] };

describe('GET /api/v3/ai/recommendations', () => {
  it('200 tells what is worth doing on a device, the most worth first, and each evidence resolves', async () => {
    const { device_id, findings } = await diagnose(failing);
    const answer = await of(device_id, '&lang=en');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      recommendations: [
        expect.objectContaining({ code: 'REPLACE_DISK', subject: 'WX12A34', title: 'Replace the disk WX12A34' }),
        expect.objectContaining({ code: 'FREE_DISK_SPACE', subject: '/', title: 'Free space on /' }),
      ],
      status: 'ok',
      method: 'rules',
      version: expect.any(String),
      quality: expect.objectContaining({ n: expect.any(Number) }),
      warnings: [],
      duration_ms: expect.any(Number),
    });
    for (const each of answer.body.recommendations) {
      expect(each).toMatchObject({ device_id, workflow_id: null, success_rate: null });
      expect(Math.abs(each.priority - (each.probability * each.impact) / each.effort)).toBeLessThan(0.02);
      expect(each.evidence.length).toBeGreaterThan(0);
      for (const { ref } of each.evidence) expect((await api.call(ref, { token: viewer })).status).toBe(200);
    }
    const cost = findings.find(({ code }: { code: string }) => code === 'SMART_197').points;
    const replace = answer.body.recommendations.find(({ code }: { code: string }) => code === 'REPLACE_DISK');
    expect(replace.expected_score_gain).toBeCloseTo(cost, 1);
    expect(replace.evidence[0]).toMatchObject({ source: 'finding', metric: 'smart.197', value: 2 });
  });

  it('200 with an empty list for a healthy device', async () => {
    const { device_id } = await diagnose(healthy);
    expect((await of(device_id)).body).toMatchObject({ status: 'ok', recommendations: [] });
  });

  it('200 insufficient_data for a device without a diagnostic', async () => {
    const device = await api.call('/api/v1/devices', { token: technician, json: { hostname: randomUUID() } });
    const answer = await of(device.body.id);
    expect([answer.status, answer.body.status, answer.body.required, answer.body.got]).toEqual([
      ...[200, 'insufficient_data', 1, 0],
    ]);
    expect(answer.body.recommendations).toEqual([]);
  });

  it('200 in Portuguese, unless lang or else Accept-Language says otherwise, with the same ids', async () => {
    const { device_id } = await diagnose(failing);
    const answers = await Promise.all([
      of(device_id),
      of(device_id, '', { headers: { 'accept-language': 'en-GB,en;q=0.9' } }),
      of(device_id, '&lang=pt-BR', { headers: { 'accept-language': 'en' } }),
    ]);
    const titles = answers.map(({ body }) => body.recommendations.map(({ title }: { title: string }) => title));
    expect(titles[0]).toContain('Substituir o disco WX12A34');
    expect(titles[1]).toContain('Replace the disk WX12A34');
    expect(titles[2]).toEqual(titles[0]);
    expect(answers.map(({ headers }) => headers.get('content-language'))).toEqual(['pt-BR', 'en', 'pt-BR']);
    const ids = answers.map(({ body }) => body.recommendations.map(({ id }: { id: string }) => id));
    expect(ids[1]).toEqual(ids[0]);
  });

  it('200 without a device the best of the tenant, as many as asked for', async () => {
    await diagnose(failing);
    const all = await api.call(PATH, { token: viewer });
    expect(all.body.recommendations.length).toBeGreaterThan(1);
    const one = await api.call(`${PATH}?limit=1`, { token: viewer });
    expect(one.body.recommendations).toEqual([all.body.recommendations[0]]);
    const theirs = await api.call(PATH, { token: stranger });
    const ids = new Set(all.body.recommendations.map(({ id }: { id: string }) => id));
    expect(theirs.body.recommendations.filter(({ id }: { id: string }) => ids.has(id))).toEqual([]);
  });

  it('200 foresees a disk that fills, by the diagnostic that said so last', async () => {
    const { device_id } = await diagnose(healthy);
    const start = Date.now() - 20 * 86_400_000;
    await rows(
      `insert into measurements (tenant_id, device_id, metric, instance, at, value, diagnostic_id)
       select $1, $2, metric, '/data', to_timestamp($3::float8 + hour * 3600),
         case metric when 'disk.used_bytes' then 3e11 + hour * 3.5e8 else 0.6 + hour * 7e-4 end,
         (select latest_diagnostic_id from devices where id = $2)
       from generate_series(0, 479) as hour, unnest(array['disk.used_bytes', 'disk.used_ratio']) as metric`,
      [tenant.id, device_id, start / 1_000],
    );
    const [found] = (await of(device_id, '&lang=en')).body.recommendations;
    expect(found).toMatchObject({ code: 'FREE_DISK_SPACE', subject: '/data', expected_score_gain: 0 });
    expect(found.evidence).toEqual([expect.objectContaining({ source: 'prediction' })]);
    expect((await api.call(found.evidence[0].ref, { token: viewer })).status).toBe(200);
  });

  it('200 takes an open anomaly that nobody called false for a reason', async () => {
    const { id: diagnostic, device_id } = await diagnose(healthy);
    const anomaly = newId('anm');
    await rows(ANOMALY, [tenant.id, anomaly, device_id, diagnostic]);
    const [found] = (await of(device_id, '&lang=en')).body.recommendations;
    expect(found).toMatchObject({ code: 'INVESTIGATE_ANOMALY', title: 'Look into cpu.load' });
    const ref = `/api/v3/ai/anomalies/${anomaly}`;
    expect(found.evidence).toEqual([expect.objectContaining({ source: 'anomaly', ref, value: 97 })]);
    expect((await api.call(ref, { token: viewer })).body.id).toBe(anomaly);
    await api.call(`${ref}/feedback`, { token: technician, json: { verdict: 'false_positive' } });
    expect((await of(device_id)).body.recommendations).toEqual([]);
  });

  it('200 tells of what devices of one model have in common, and it can be put aside', async () => {
    const own = await ownTenant(api);
    const [token, reader] = await Promise.all([own.tokenOf('technician'), own.tokenOf('viewer')]);
    const post = async (model: string, storage: object) => {
      const { device, ...body } = diagnosticBody({ sections: { storage: { status: 'ok', data: storage } } });
      const json = { ...body, device: { ...(device as object), model } };
      expect((await api.call('/api/v1/diagnostics', { token, json })).status).toBe(201);
    };
    for (let i = 0; i < 6; i += 1) await post('BAD-1', { fsSize: [fileSystem(20)], diskLayout: [disk(2)] });
    for (let i = 0; i < 12; i += 1) await post('GOOD-2', healthy);
    const list = async () => {
      const answer = await api.call(`${PATH}?lang=en`, { token: reader });
      if (answer.status !== 200) throw new Error(answer.text);
      return answer;
    };
    const ofFleet = ({ body }: Answer) =>
      body.recommendations.find(({ code }: { code: string }) => code === 'INVESTIGATE_FLEET');
    const found = ofFleet(await list());
    expect(found).toMatchObject({ device_id: null, title: '6 of 6 devices with model BAD-1 have SMART_197' });
    for (const { ref } of found.evidence) expect((await api.call(ref, { token: reader })).status).toBe(200);
    expect((await dismiss(found.id, { token })).status).toBe(200);
    expect(ofFleet(await list())).toBeUndefined();
  });

  it('404 byte-equal for a device that is not there, that is another tenant’s, or that is no id', async () => {
    const { device_id } = await diagnose(healthy);
    const unknown = `dev_${'0'.repeat(32)}`;
    const none = 'x'.repeat(unknown.length);
    const [missing, foreign, malformed] = await Promise.all([
      of(unknown),
      of(device_id, '', { token: stranger }),
      of(none),
    ]);
    expect(missing.status).toBe(404);
    expect(comparable(foreign, device_id)).toEqual(comparable(missing, unknown));
    expect(comparable(malformed, none)).toEqual(comparable(missing, unknown));
  });

  it.each(['limit=0', 'limit=201', 'lang=de', 'cursor=x'])('422 for %s', async (query) => {
    expect((await api.call(`${PATH}?${query}`, { token: viewer })).status).toBe(422);
  });
});

describe('POST /api/v3/ai/recommendations/{id}/dismiss', () => {
  it('200 puts it aside until it is a quarter more urgent, and is on record', async () => {
    const { device_id } = await diagnose({ fsSize: [fileSystem(91)] });
    const [{ id, priority }] = (await of(device_id)).body.recommendations;
    const answer = await dismiss(id, { json: { reason: 'The disk is replaced tomorrow.' } });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        ...{ id, code: 'FREE_DISK_SPACE', device_id, priority, reason: 'The disk is replaced tomorrow.' },
        ...{ dismissed_by: expect.any(String), dismissed_at: expect.stringMatching(/Z$/) },
      },
    ]);
    expect((await of(device_id)).body.recommendations).toEqual([]);
    await diagnose({ fsSize: [fileSystem(91)] }, device_id);
    expect((await of(device_id)).body.recommendations).toEqual([]);
    const records = await rows('select event_type from audit_events where resource_id = $1', [id]);
    expect(records).toEqual([{ event_type: 'RECOMMENDATION_DISMISSED' }]);

    await diagnose({ fsSize: [fileSystem(99)] }, device_id);
    const [back] = (await of(device_id)).body.recommendations;
    expect(back.id).toBe(id);
    expect(back.priority).toBeGreaterThanOrEqual(priority * 1.25);
  });

  it('200 without a body; under an Idempotency-Key the same answer again', async () => {
    const { device_id } = await diagnose(failing);
    const [{ id }] = (await of(device_id)).body.recommendations;
    const headers = { 'idempotency-key': randomUUID() };
    const bare = () => api.call(`${PATH}/${id}/dismiss`, { token: technician, method: 'POST', headers });
    const [first, again] = [await bare(), await bare()];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('403 for a viewer; 404 byte-equal for what is none, another tenant’s, or none any more', async () => {
    const { device_id } = await diagnose(failing);
    const [{ id }] = (await of(device_id)).body.recommendations;
    expect((await dismiss(id, { token: viewer })).status).toBe(403);
    const unknown = `rec_${'0'.repeat(32)}`;
    const none = 'x'.repeat(id.length);
    const [missing, foreign, malformed] = await Promise.all([
      dismiss(unknown),
      dismiss(id, { token: stranger }),
      dismiss(none),
    ]);
    await diagnose(healthy, device_id);
    const over = await dismiss(id);
    expect(missing.status).toBe(404);
    expect(comparable(foreign, id)).toEqual(comparable(missing, unknown));
    expect(comparable(malformed, none)).toEqual(comparable(missing, unknown));
    expect(comparable(over, id)).toEqual(comparable(missing, unknown));
  });
});
