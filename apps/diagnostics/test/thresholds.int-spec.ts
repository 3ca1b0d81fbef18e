import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '@techze/config';
import { newId, newUuid, type Principal } from '@techze/contracts';
import { Database, databaseConfig, DatabaseModule } from '@techze/database';
import { continueTrace, Logger, ObservabilityModule, runInContext } from '@techze/observability';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import type { StoredReading } from '../src/scoring/index.js';
import { StoredReadings, type DeviceWanted, type StoredSight } from '../src/thresholds/stored-readings.repository.js';
import { ThresholdRow } from '../src/thresholds/threshold.entity.js';
import { ThresholdsRepository } from '../src/thresholds/thresholds.repository.js';
import { ThresholdsService } from '../src/thresholds/thresholds.service.js';

const TENANT = newId('tnt');
const SITE = newId('sit');
const [DEVICE, NEIGHBOUR] = [newId('dev'), newId('dev')];
const DAY_MS = 86_400_000;

let testDb: TestDatabase;
let admin: Client;
let app: INestApplicationContext;
const thresholds = new ThresholdsService(new ThresholdsRepository());
const stored = new StoredReadings();

beforeAll(async () => {
  testDb = await testDatabase();
  admin = new Client({ connectionString: testDb.adminUrl() });
  await admin.connect();
  class App {}
  const imports = [
    ConfigModule.forRoot(loadConfig([databaseConfig], { ...testDb.environment('diagnostics') })),
    ObservabilityModule.forRoot(Logger.to({ write: () => undefined })),
    DatabaseModule.forRoot({ role: 'svc_diagnostics', entities: [ThresholdRow] }),
  ];
  app = await NestFactory.createApplicationContext({ module: App, imports }, { logger: false });
  await admin.query('insert into tenants (id, name) values ($1, $1)', [TENANT]);
  await admin.query(`insert into customers (tenant_id, id, name) values ($1, 'cus_1', 'C')`, [TENANT]);
  await admin.query(`insert into sites (tenant_id, id, customer_id, name) values ($1, $2, 'cus_1', 'S')`, [
    TENANT,
    SITE,
  ]);
  for (const id of [DEVICE, NEIGHBOUR])
    await admin.query('insert into devices (tenant_id, id, site_id) values ($1, $2, $3)', [TENANT, id, SITE]);
});

afterAll(async () => {
  await app.close();
  await admin.end();
  await testDb.drop();
});

const person: Principal = { kind: 'user', tenant_id: TENANT, sub: newUuid(), sid: 'ses_test', role: 'manager' };
const agentOf = (device_id: string): Principal => ({ kind: 'agent', tenant_id: TENANT, device_id, role: 'agent' });

function acting<T>(principal: Principal, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const context = { requestId: newUuid(), trace: continueTrace(undefined), deadline: Date.now() + 20_000, principal };
  return runInContext(context, () => app.get(Database).write(work));
}

async function override(place: { site_id?: string; device_id?: string }, levels: object): Promise<string> {
  const id = newId('thr');
  const scope = place.device_id ? 'device' : place.site_id ? 'site' : 'tenant';
  await admin.query(
    `insert into thresholds (tenant_id, id, scope, site_id, device_id, code, levels) values ($1, $2, $3, $4, $5, 'FS_USED', $6)`,
    [TENANT, id, scope, place.site_id ?? null, place.device_id ?? null, JSON.stringify(levels)],
  );
  return id;
}

describe('thresholds in force', () => {
  it('are read in one look, by an agent as by a person: the tenant’s, its site’s and its own', async () => {
    await override({}, { leave: 60 });
    await override({ site_id: SITE }, { warning: 70 });
    const own = await override({ device_id: DEVICE }, { critical: 80 });
    const neighbours = await override({ device_id: NEIGHBOUR }, { critical: 90 });
    for (const principal of [agentOf(DEVICE), person]) {
      const { policy, looks } = await acting(principal, async (manager) => {
        const query = jest.spyOn(manager, 'query');
        const inForce = await thresholds.inForce(manager, TENANT, { deviceId: DEVICE, siteId: SITE });
        return { ...inForce, looks: query.mock.calls.length };
      });
      expect(looks).toBe(1);
      expect(policy.get('FS_USED')).toMatchObject({ levels: { leave: 60, warning: 70, critical: 80 }, enabled: true });
      expect(policy.get('FS_USED')?.source).toContain(own);
    }
    const seen = await acting(agentOf(DEVICE), (manager) =>
      manager.query<{ id: string }[]>('select id from thresholds'),
    );
    expect(seen.map(({ id }) => id)).not.toContain(neighbours);
  });

  it('cost a look into an index, however many overrides the tenant has', async () => {
    await admin.query(
      `with made as (insert into devices (tenant_id, id) select $1, 'dev_' || lpad(to_hex(n), 32, '0') from generate_series(1, 5000) n returning id)
       insert into thresholds (tenant_id, id, scope, device_id, code, levels)
       select $1, 'thr_' || substr(id, 5), 'device', id, 'MEMORY_USED', '{"warning": 85}' from made`,
      [TENANT],
    );
    await admin.query('analyze thresholds');
    const plan = await acting(agentOf(DEVICE), async (manager) => {
      const explained: string[] = [];
      const explain = async (sql: string, values: unknown[]) => {
        const rows = await manager.query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`, values);
        explained.push(...rows.map((row) => row['QUERY PLAN']));
        return [];
      };
      await new ThresholdsRepository().concerning({ query: explain } as unknown as EntityManager, TENANT, {
        siteId: SITE,
        deviceId: DEVICE,
      });
      return explained.join('\n');
    });
    expect(plan).toMatch(/Index Scan using thresholds_one_a_target[^]*Index Cond: .*tenant_id.*target/);
  });
});

describe('stored readings', () => {
  const from = new Date(Date.now() - 30 * DAY_MS);
  const to = new Date();
  const devices: DeviceWanted[] = [];
  const wanted = { tenantId: TENANT, siteId: null, deviceId: null, code: 'FS_USED', from, to };

  /** With microseconds, as the database's own clock has them. */
  const insert = (device: string, id: string, seenAt: string, readings: readonly StoredReading[] | null) =>
    admin.query(
      `insert into diagnostics (tenant_id, id, device_id, type, status, collected_at, created_at, seen_at, schema_version, readings)
       values ($1, $2, $3, 'full', 'completed', $4, $4, $4, 1, $5)`,
      [TENANT, id, device, seenAt, readings && JSON.stringify(readings)],
    );

  const all = async (limit: number) => {
    const pages: StoredSight[][] = [];
    await acting(person, async (manager) => {
      let left: readonly DeviceWanted[] = devices;
      let after: StoredSight | undefined;
      do {
        pages.push(await stored.sights(manager, wanted, left, after, limit));
        after = pages.at(-1)?.at(-1);
        left = left.slice(
          Math.max(
            0,
            left.findIndex(({ id }) => id === after?.device_id),
          ),
        );
      } while (pages.at(-1)!.length === limit);
    });
    return pages.flat();
  };

  beforeAll(async () => {
    const start = Date.now() - DAY_MS;
    for (const count of [1, 0, 40, 3]) {
      const id = newId('dev');
      devices.push({ id, site_id: null });
      await admin.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, id]);
      for (let nth = 0; nth < count; nth += 1) {
        // Four share each millisecond, two of them the microsecond too.
        const time = new Date(start + Math.floor(nth / 4) * 1_000)
          .toISOString()
          .replace('Z', `${nth % 4 < 2 ? 1 : nth % 4}00Z`);
        await insert(id, newId('dgn'), time, [{ code: 'FS_USED', value: nth }]);
      }
    }
  });

  it.each([1, 3, 4, 7, 100])(
    'come page by page, each once, in the order of the devices’ clocks: %i a page',
    async (limit) => {
      const sights = await all(limit);
      expect(sights.map(({ id }) => id)).toHaveLength(44);
      expect(new Set(sights.map(({ id }) => id)).size).toBe(44);
      expect(sights.map(({ device_id }) => device_id)).toEqual(
        devices.flatMap(({ id }, index) => Array<string>([1, 0, 40, 3][index]!).fill(id)),
      );
      const heavy = sights.filter(({ device_id }) => device_id === devices[2]!.id);
      expect(heavy.map(({ at }) => at.getTime())).toEqual(heavy.map(({ at }) => at.getTime()).sort((a, b) => a - b));
    },
  );

  it('are those of the check alone, whatever a machine calls its parts; of an earlier release none', async () => {
    const device = { id: newId('dev'), site_id: null };
    await admin.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, device.id]);
    const hostile = '","code":"FS_USED"}]{\u0000\ud800';
    const own: StoredReading[] = [
      { code: 'FS_USED', value: 1, instance: hostile },
      { code: 'FS_USED', value: 2, instance: '/', at_most: 69 },
    ];
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await insert(device.id, newId('dgn'), at(4), null);
    await insert(device.id, newId('dgn'), at(3), [{ code: 'MEMORY_USED', value: 9, instance: hostile }, ...own]);
    await insert(device.id, newId('dgn'), at(2), [{ code: 'MEMORY_USED', value: 9, instance: hostile }]);
    await insert(device.id, newId('dgn'), at(1), []);
    const sights = await acting(person, (manager) => stored.sights(manager, wanted, [device], undefined, 10));
    expect(sights.map(({ readings }) => readings)).toEqual([null, own, [], []]);
  });

  it('of before and after the time that is asked for stay out', async () => {
    const device = { id: newId('dev'), site_id: null };
    await admin.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, device.id]);
    const shifts = [-31, -29, 1];
    for (const days of shifts)
      await insert(device.id, newId('dgn'), new Date(Date.now() + days * DAY_MS).toISOString(), [
        { code: 'FS_USED', value: days },
      ]);
    const sights = await acting(person, (manager) => stored.sights(manager, wanted, [device], undefined, 10));
    expect(sights.map(({ readings }) => readings?.[0]?.value)).toEqual([-29]);
  });

  it('are looked for in the devices of the scope', async () => {
    const ask = (scope: object, after = '', limit = 10_000) =>
      acting(person, (manager) => stored.devices(manager, { ...wanted, ...scope }, after, limit));
    expect((await ask({ siteId: SITE })).map(({ id }) => id)).toEqual([DEVICE, NEIGHBOUR].sort());
    expect(await ask({ deviceId: DEVICE })).toEqual([{ id: DEVICE, site_id: SITE }]);
    const everything = (await ask({})).map(({ id }) => id);
    expect(everything).toEqual(everything.toSorted());
    const [first, second] = [await ask({}, '', 3), await ask({}, everything[2], 3)];
    expect([...first, ...second].map(({ id }) => id)).toEqual(everything.slice(0, 6));
  });
});
