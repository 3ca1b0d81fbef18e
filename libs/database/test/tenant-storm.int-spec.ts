import { fullSize, testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';

@Entity('devices')
class DeviceRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text', { nullable: true }) hostname: string | null;
}

const TENANTS = Array.from({ length: 6 }, (_each, index) => `tnt_storm_${index}`);
const ROWS_EACH = 5;
const SESSIONS = 64;
const STATEMENTS = fullSize() ? 1_000_000 : 20_000;
/** One in so many fails on purpose. */
const FAULT_EVERY = 8;
/** One in so many ends or cancels all backends of the replica, in the middle of what they do for others. */
const BLOW_EVERY = 1600;

let fresh: TestDatabase;
let open: OpenDatabase;
let operator: Client;

beforeAll(async () => {
  fresh = await testDatabase();
  operator = new Client({ connectionString: fresh.adminUrl('replica') });
  await operator.connect();
  open = await openDatabase(
    // A replica whose backends are all ended is left alone: here for a moment only, so that the storm goes on there.
    { ...fresh.environment('diagnostics'), DATABASE_BREAKER_OPEN_MS: '100', DATABASE_BREAKER_RAMP_STEP_MS: '50' },
    { entities: [DeviceRow] },
  );
  for (const tenant of TENANTS)
    await acting(admin(tenant), () =>
      open.database.write(async (manager) => {
        for (let row = 0; row < ROWS_EACH; row += 1)
          await manager.insert(DeviceRow, { tenant_id: tenant, id: `dev_${row}`, hostname: tenant });
      }),
    );
  await fresh.untilReplicated();
});
afterAll(async () => {
  await operator.end();
  await open.close();
  await fresh.drop();
});

interface Fault {
  readonly sql: string;
  readonly code: readonly string[];
  /** Epoch milliseconds from now after which nobody waits. */
  readonly withinMs?: number;
}

/** What goes wrong on purpose on connections that others share, and the code by which it must fail. */
const FAULTS: readonly Fault[] = [
  { sql: 'selec', code: ['42601'] },
  { sql: 'select 1/0', code: ['22012'] },
  { sql: 'select hostname::int from devices', code: ['22P02'] },
  { sql: 'select password_hash from users', code: ['42501'] },
  { sql: `insert into devices (tenant_id, id) values ('tnt_storm_0', 'x')`, code: ['25006'] },
  { sql: 'update devices set tenant_id = $1', code: ['08P01'] },
  { sql: 'select 1; select 2', code: ['42601'] },
];
/** It holds its connection until the server ends it, if it gets one in time. */
const SLOW: Fault = { sql: 'select pg_sleep(5)', code: ['deadline-exceeded', 'pool-exhausted'], withinMs: 500 };
const SLOW_EVERY = 512;

test('reads of many tenants on shared connections, one in eight failing, backends ended: none sees a row of another, none fails by another', async () => {
  const seen = { reads: 0, writes: 0, claimless: 0, faults: 0, blows: 0 };
  /** What should not have been. Compared by hand: a million assertions would be what takes the time. */
  const wrong: unknown[] = [];
  const check = (right: boolean, what: unknown) => void (right || wrong.push(what));
  let turn = 0;

  async function read(tenant: string, nth: number): Promise<void> {
    const rows = await acting(admin(tenant), () =>
      open.database.read((manager) =>
        nth % 2 === 0
          ? manager.query<DeviceRow[]>('select tenant_id from devices')
          : manager.find(DeviceRow, { order: { id: 'ASC' } }),
      ),
    );
    check(rows.length === ROWS_EACH && rows.every(({ tenant_id }) => tenant_id === tenant), rows);
    seen.reads += 1;
  }

  async function pointRead(tenant: string, nth: number): Promise<void> {
    const id = `dev_${nth % ROWS_EACH}`;
    const row = await acting(admin(tenant), () =>
      open.database.read((manager) => manager.findOneBy(DeviceRow, { id })),
    );
    check(row?.tenant_id === tenant && row.id === id && row.hostname === tenant, row);
    seen.reads += 1;
  }

  async function write(tenant: string, nth: number): Promise<void> {
    const id = `dev_${nth % ROWS_EACH}`;
    const { affected } = await acting(admin(tenant), () =>
      open.database.write((manager) => manager.update(DeviceRow, { id }, { hostname: tenant })),
    );
    check(affected === 1, affected);
    seen.writes += 1;
  }

  async function claimless(): Promise<void> {
    const rows = await open.database.read((manager) => manager.query<unknown[]>('select tenant_id from devices'));
    check(rows.length === 0, rows);
    seen.claimless += 1;
  }

  async function fail(tenant: string, { sql, code, withinMs = 10_000 }: Fault): Promise<void> {
    const deadline = Date.now() + withinMs;
    const failing = acting(admin(tenant), () => open.database.read((manager) => manager.query(sql)), { deadline });
    const error: unknown = await failing.catch((failure: unknown) => failure);
    check(code.includes((error as { code?: string }).code ?? ''), error);
    seen.faults += 1;
  }

  async function blow(nth: number): Promise<void> {
    const how = nth % (2 * BLOW_EVERY) === 0 ? 'pg_terminate_backend' : 'pg_cancel_backend';
    const { rowCount } = await operator.query(
      `select ${how}(pid) from pg_stat_activity where usename = 'techze_diagnostics' and datname = $1`,
      [fresh.name],
    );
    check(rowCount !== 0, 'nobody was there');
    seen.blows += 1;
  }

  async function session(nth: number): Promise<void> {
    while (turn < STATEMENTS) {
      const now = (turn += 1);
      const tenant = TENANTS[(now + nth) % TENANTS.length] ?? '';
      const fault = FAULTS[(now / FAULT_EVERY) % FAULTS.length];
      if (now % BLOW_EVERY === 0) await blow(now);
      else if (now % SLOW_EVERY === 0) await fail(tenant, SLOW);
      else if (now % FAULT_EVERY === 0 && fault) await fail(tenant, fault);
      else if (now % 31 === 0) await write(tenant, now);
      else if (now % 11 === 0) await claimless();
      else if (now % 3 === 0) await read(tenant, now);
      else await pointRead(tenant, now);
    }
  }

  await Promise.all(Array.from({ length: SESSIONS }, (_each, nth) => session(nth)));
  expect(wrong).toEqual([]);
  expect(seen.reads + seen.claimless + seen.faults + seen.writes + seen.blows).toBeGreaterThanOrEqual(STATEMENTS);
  expect((seen.faults + seen.blows) / STATEMENTS).toBeGreaterThan(0.1);
  const left = open.database.pool.view().nodes;
  expect(left.map(({ active, waiting }) => ({ active, waiting }))).toEqual(left.map(() => ({ active: 0, waiting: 0 })));
}, 1_800_000);
