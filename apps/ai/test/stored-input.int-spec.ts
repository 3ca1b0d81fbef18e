import type { Database } from '@techze/database';
import { StoredInputRepository } from '../src/stored/stored-input.repository.js';
import { numbersOf, type Wanted } from '../src/stored/stored-input.js';
import { StoredInputs } from '../src/stored/stored-inputs.service.js';
import { AiDatabase, type Place } from './support/ai-database.js';

let database: AiDatabase;
beforeAll(async () => {
  database = await AiDatabase.start();
}, 60_000);
afterAll(() => database?.stop());

const START = Date.parse('2026-11-01T00:00:00Z');
const FIVE_MINUTES = 5 * 60_000;

/** Samples five minutes apart, of as many instances and metrics as are named. */
async function measure({ tenantId, deviceId }: Place, metrics: string[], instances: string[], samples: number) {
  await database.admin.query(
    `insert into measurements (tenant_id, device_id, metric, instance, at, value, diagnostic_id)
     select $1, $2, metric, instance, to_timestamp(($6::float8 + $7::float8 * i) / 1000), i, 'dgn_1'
     from unnest($3::text[]) as metric, unnest($4::text[]) as instance, generate_series(0, $5::int - 1) as i`,
    [tenantId, deviceId, metrics, instances, samples, START, FIVE_MINUTES],
  );
}

/** What somebody of the tenant is given. */
function read({ tenantId }: Place, wanted: Wanted) {
  const stored = new StoredInputs(database.somebody(tenantId) as Database, new StoredInputRepository());
  return stored.read(tenantId, wanted);
}

const SMART = Array.from({ length: 15 }, (_, nth) => `smart.${nth + 1}`);
const needed = (names: string) => ({
  code: 'validation-failed',
  errors: [{ pointer: '/instance', detail: `is needed: there are ${names}` }],
});

describe('what is stored of a disk', () => {
  it('is the newest sample of each day, however often the device is looked at', async () => {
    const place = await database.newDevice();
    await measure(place, SMART, ['A'], 24 * 288 + 3);
    const disk = await read(place, { what: 'disk', device_id: place.deviceId });
    if (disk.what !== 'disk') throw new Error(disk.what);
    expect(disk.attributes).toHaveLength(SMART.length);
    for (const { at, values } of disk.attributes) {
      expect([...numbersOf(values)]).toEqual([
        ...Array.from({ length: 24 }, (_, day) => day * 288 + 287),
        24 * 288 + 2,
      ]);
      expect(numbersOf(at).at(-1)).toBe(START + (24 * 288 + 2) * FIVE_MINUTES);
    }
  });
});

describe('of several instances that are more rows than any request may have', () => {
  it('one has to be named, and is then read', async () => {
    const place = await database.newDevice();
    await measure(place, ['disk.used_bytes'], ['/', '/data'], 50_001);
    const wanted = { what: 'series', device_id: place.deviceId, metric: 'disk.used_bytes' } as const;
    await expect(read(place, wanted)).rejects.toMatchObject(needed('/, /data'));
    const series = await read(place, { ...wanted, instance: '/data' });
    if (series.what !== 'series') throw new Error(series.what);
    expect([series.instance, numbersOf(series.values).length]).toEqual(['/data', 50_001]);
  });

  it('one of several disks has to be named', async () => {
    const place = await database.newDevice();
    await measure(place, ['smart.5'], ['A', 'B'], 2);
    await expect(read(place, { what: 'disk', device_id: place.deviceId })).rejects.toMatchObject(needed('A, B'));
  });
});
