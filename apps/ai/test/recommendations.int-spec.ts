import { newId } from '@techze/contracts';
import type { Facts } from '../src/recommendations/facts.js';
import { deviceMark, markIn, recommendationIdOf } from '../src/recommendations/recommendation-id.js';
import { RecommendationsRepository } from '../src/recommendations/recommendations.repository.js';
import { AiDatabase, type Place } from './support/ai-database.js';

let database: AiDatabase;
const repository = new RecommendationsRepository();

beforeAll(async () => {
  database = await AiDatabase.start();
}, 60_000);
afterAll(() => database?.stop());

/** What the service reads as somebody of that tenant. */
async function factsOf(tenantId: string, deviceId: string | null): Promise<Facts> {
  const inside = await database.somebody(tenantId).read((manager) => repository.facts(manager, tenantId, deviceId));
  return JSON.parse(`{${inside}}`) as Facts;
}

/** A device with a diagnostic. */
async function newDevice(ofTenant?: string): Promise<Place> {
  const { tenantId, deviceId } = await database.newDevice(ofTenant);
  await database.admin.query(
    `insert into diagnostics (tenant_id, id, device_id, type, status, collected_at, seen_at, schema_version)
     values ($1, $2, $3, 'full', 'completed', now(), now(), 1)`,
    [tenantId, newId('dgn'), deviceId],
  );
  return { tenantId, deviceId };
}

async function find(
  { tenantId, deviceId }: Place,
  { code = 'FS_USED', state = 'open', points = 4 } = {},
): Promise<string> {
  const id = newId('fnd');
  await database.admin.query(
    `insert into findings (tenant_id, id, device_id, key, category, code, severity, title, evidence, points, state,
       first_seen, last_seen, last_diagnostic_id)
     select $1, $2, $3, $4 || ':' || $2, 'storage', $4, 'warning', 'x', '{}', $6, $5, now(), now(), id
     from diagnostics where tenant_id = $1 and device_id = $3`,
    [tenantId, id, deviceId, code, state, points],
  );
  return id;
}

async function measure({ tenantId, deviceId }: Place, metric: string, samples: [at: string, value: number][]) {
  await database.admin.query(
    `insert into measurements (tenant_id, device_id, metric, instance, at, value, diagnostic_id)
     select $1, $2, $3, '/', s.at, s.value, 'dgn_' || s.value
     from unnest($4::timestamptz[], $5::float8[]) as s (at, value)`,
    [tenantId, deviceId, metric, samples.map(([at]) => at), samples.map(([, value]) => value)],
  );
}

describe('what recommendations rest on', () => {
  it('are the open findings of the device, and nothing of another one or of another tenant', async () => {
    const own = await newDevice();
    const beside = await newDevice(own.tenantId);
    const foreign = await newDevice();
    const open = await find(own);
    await find(own, { code: 'SMART_5', state: 'resolved' });
    await find(beside);
    await find(foreign);
    const facts = await factsOf(own.tenantId, own.deviceId);
    expect(facts.findings.map(({ id }) => id)).toEqual([open]);
    expect(facts.diagnostics).toBe(1);
    expect(facts.fleet.map(({ device_id }) => device_id).sort()).toEqual([own.deviceId, beside.deviceId].sort());
    expect(await factsOf(own.tenantId, foreign.deviceId)).toMatchObject({ diagnostics: 0, findings: [], series: [] });
  });

  it('are of all devices the worst findings first', async () => {
    const one = await newDevice();
    const two = await newDevice(one.tenantId);
    const [mild, bad] = [await find(one, { points: 1 }), await find(two, { points: 9 })];
    const facts = await factsOf(one.tenantId, null);
    expect(facts.findings.map(({ id }) => id)).toEqual([bad, mild]);
  });

  it('are samples as many as the models need: the last of each hour, of SMART of each day', async () => {
    const place = await newDevice();
    const samples: [string, number][] = [
      ['2026-11-20T08:10:00Z', 1],
      ['2026-11-20T08:50:00Z', 2],
      ['2026-11-20T09:10:00Z', 3],
      ['2026-11-21T09:10:00Z', 4],
    ];
    await measure(place, 'disk.used_bytes', samples);
    await measure(place, 'smart.197', samples);
    await measure(place, 'cpu.load', samples);
    const { series } = await factsOf(place.tenantId, place.deviceId);
    expect(series.map(({ metric, values, diagnostic_id }) => [metric, values, diagnostic_id])).toEqual([
      ['disk.used_bytes', [2, 3, 4], 'dgn_4'],
      ['smart.197', [3, 4], 'dgn_4'],
    ]);
    expect(series[0]?.at[0]).toBe(Date.parse('2026-11-20T08:50:00Z'));
  });

  it('name the device by the mark in an id', async () => {
    const { tenantId, deviceId } = await newDevice();
    const id = recommendationIdOf({ tenantId, deviceId, code: 'REPLACE_DISK', key: 'A' });
    const somebody = database.somebody(tenantId);
    const marked = (mark: string) => somebody.read((manager) => repository.deviceMarked(manager, tenantId, mark));
    expect(await marked(markIn(id))).toBe(deviceId);
    expect(await marked(deviceMark(tenantId, null))).toBeUndefined();
  });
});
