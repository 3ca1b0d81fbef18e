import { fullSize, testDatabase, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';

const TENANTS = Array.from({ length: 6 }, (_each, index) => `tnt_storm_${index}`);
const ROWS_EACH = 5;
const SESSIONS = 48;
const STATEMENTS = fullSize() ? 100_000 : 4000;

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  open = await openDatabase(fresh.environment('diagnostics'));
  for (const tenant of TENANTS)
    await acting(admin(tenant), () =>
      open.database.write(async (manager) => {
        for (let row = 0; row < ROWS_EACH; row += 1)
          await manager.query('insert into devices (tenant_id, id) values ($1, $2)', [tenant, `dev_${row}`]);
      }),
    );
  await fresh.untilReplicated();
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

/** What goes wrong on purpose, and the code by which it must fail. */
const FAULTS: readonly { sql: (tenant: string) => string; code: string }[] = [
  { sql: () => 'selec', code: '42601' },
  { sql: () => 'select 1/0', code: '22012' },
  { sql: () => 'select password_hash from users', code: '42501' },
  { sql: (tenant) => `insert into devices (tenant_id, id) values ('not-${tenant}', 'x')`, code: '42501' },
  { sql: () => 'select 1; select 2', code: '42601' },
];

test('many sessions of many tenants, one in seven failing: none sees a row of another, none fails by another', async () => {
  const seen = { good: 0, faults: 0, claimless: 0 };
  let statement = 0;

  async function good(tenant: string, kind: 'read' | 'write'): Promise<void> {
    const rows = await acting(admin(tenant), () =>
      open.database[kind]((manager) => manager.query<{ tenant_id: string }[]>('select tenant_id from devices')),
    );
    expect(rows.map(({ tenant_id }) => tenant_id)).toEqual(Array.from({ length: ROWS_EACH }, () => tenant));
    seen.good += 1;
  }

  async function bad(tenant: string, nth: number): Promise<void> {
    const fault = FAULTS[nth % FAULTS.length];
    if (!fault) throw new Error('no fault');
    const failing = acting(admin(tenant), () => open.database.write((manager) => manager.query(fault.sql(tenant))));
    await expect(failing).rejects.toMatchObject({ code: fault.code });
    seen.faults += 1;
  }

  async function session(nth: number): Promise<void> {
    while (statement < STATEMENTS) {
      const turn = (statement += 1);
      const tenant = TENANTS[(turn + nth) % TENANTS.length] ?? '';
      if (turn % 7 === 0) await bad(tenant, turn / 7);
      else if (turn % 11 === 0) {
        expect(await open.database.read((manager) => manager.query('select tenant_id from devices'))).toEqual([]);
        seen.claimless += 1;
      } else await good(tenant, turn % 3 === 0 ? 'write' : 'read');
    }
  }

  await Promise.all(Array.from({ length: SESSIONS }, (_each, nth) => session(nth)));
  expect(seen.good + seen.faults + seen.claimless).toBeGreaterThanOrEqual(STATEMENTS);
  expect(seen.faults / STATEMENTS).toBeGreaterThan(0.1);
}, 600_000);
