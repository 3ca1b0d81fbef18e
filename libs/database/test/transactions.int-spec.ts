import { Problem } from '@techze/contracts';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Column, Entity, In, PrimaryColumn, type EntityManager } from 'typeorm';
import type { Database } from '@techze/database';
import { acting, admin, agent, openDatabase, type OpenDatabase } from './support/open-database.js';

@Entity('devices')
class DeviceRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text', { nullable: true }) hostname: string | null;
  @Column('text', { array: true, default: [] }) tags: string[];
}

let fresh: TestDatabase;
let open: OpenDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await testDatabase();
  const environment = { ...fresh.environment('diagnostics'), DATABASE_MAX_CONNECTIONS_PER_NODE: '1' };
  open = await openDatabase(environment, { entities: [DeviceRow] });
  database = open.database;
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const WHERE_AND_WHO = `select pg_is_in_recovery() as standby, current_user as role, session_user as login,
  current_setting('request.jwt.claims', true) as claims, current_setting('transaction_read_only') as read_only`;
type Place = { standby: boolean; role: string; login: string; claims: string; read_only: string };

async function place(transaction: 'read' | 'write'): Promise<Place> {
  const rows = await database[transaction]((manager) => manager.query<Place[]>(WHERE_AND_WHO));
  if (!rows[0]) throw new Error('no row');
  return rows[0];
}

async function withoutPrologue(sql: string) {
  const lease = await open.cluster.acquireForWrite({});
  try {
    return await lease.query(open.cluster.statements.of(sql), [], [], 1000);
  } finally {
    lease.release();
  }
}

async function addDevice(tenant: string, id: string): Promise<void> {
  await database.write((manager) =>
    manager.query('insert into devices (tenant_id, id, hostname) values ($1, $2, $2)', [tenant, id]),
  );
}

describe('where a transaction runs', () => {
  test('writes go to the primary, reads to the replica, read only', async () => {
    await acting(admin('tnt_a'), async () => {
      expect(await place('write')).toMatchObject({ standby: false, read_only: 'off' });
      expect(await place('read')).toMatchObject({ standby: true, read_only: 'on' });
    });
  });

  test('a session that wrote a moment ago reads its own write from the primary', async () => {
    await acting(
      admin('tnt_a'),
      async () => {
        await addDevice('tnt_a', 'dev_own_write');
        expect(await place('read')).toMatchObject({ standby: false, read_only: 'on' });
        const rows = await database.read((manager) => manager.findBy(DeviceRow, { id: 'dev_own_write' }));
        expect(rows).toHaveLength(1);
      },
      { readPrimary: true },
    );
  });

  test('a write inside a read is refused', async () => {
    for (const readPrimary of [true, false])
      await acting(
        admin('tnt_a'),
        () =>
          expect(
            database.read((manager) => manager.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'x' })),
          ).rejects.toThrow('read-only transaction'),
        { readPrimary },
      );
  });
});

describe('as whom it runs', () => {
  test("the role is the service's and the claims are the caller's", async () => {
    const user = admin('tnt_a');
    const asUser = await acting(user, () => place('read'));
    expect(asUser).toMatchObject({ role: 'svc_diagnostics', login: 'techze_diagnostics' });
    expect(JSON.parse(asUser.claims)).toEqual({ tenant_id: 'tnt_a', sub: 'sub' in user && user.sub, role: 'admin' });
    const asAgent = await acting(agent('tnt_a', 'dev_1'), () => place('read'));
    expect(JSON.parse(asAgent.claims)).toEqual({ tenant_id: 'tnt_a', device_id: 'dev_1', role: 'agent' });
  });

  test('without a principal there are no claims: no rows are seen, none can be written', async () => {
    await acting(admin('tnt_a'), () => addDevice('tnt_a', 'dev_unseen'));
    expect(await database.write((manager) => manager.query('select from devices'))).toEqual([]);
    await expect(addDevice('tnt_a', 'dev_claimless')).rejects.toMatchObject({ code: '42501' });
  });

  test('another identity can be taken on: a worker across tenants, or any claims in the own role', async () => {
    const worker = database.as({ role: 'worker', claims: { worker: 'relay' } });
    const [row] = await worker.read((manager) => manager.query<Place[]>(WHERE_AND_WHO));
    expect(row).toMatchObject({ role: 'svc_worker', claims: '{"worker":"relay"}' });
    const inTenant = database.as({ role: 'service', claims: { tenant_id: 'tnt_w', role: 'worker' } });
    await inTenant.write((manager) => manager.insert(DeviceRow, { tenant_id: 'tnt_w', id: 'dev_w' }));
    const rows = await inTenant.write((manager) => manager.query('select tenant_id, id from devices'));
    expect(rows).toEqual([{ tenant_id: 'tnt_w', id: 'dev_w' }]);
  });

  test('claims cannot break out of their place', async () => {
    const claims = { tenant_id: `x', true); reset role; --\\'"`, note: '\u0000 ${1} $1' };
    const [row] = await database
      .as({ role: 'service', claims })
      .write((manager) => manager.query<Place[]>(WHERE_AND_WHO));
    expect(row).toMatchObject({ role: 'svc_diagnostics', claims: JSON.stringify(claims) });
  });

  test('the login itself may do nothing: a statement without the prologue is refused', async () => {
    await expect(withoutPrologue('select id from devices')).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    ['a success', 'select 1'],
    ['an error', 'select 1/0'],
    ['malformed SQL', 'selec'],
    ['another role', 'set local role svc_worker'],
  ])('nothing of it is left on the connection after %s', async (_what, sql) => {
    const used = acting(admin('tnt_a'), () => database.write((manager) => manager.query(sql)));
    await used.catch(() => undefined);
    // One connection a node: this is the one that was used.
    const { rows } = await withoutPrologue(WHERE_AND_WHO);
    expect(rows).toEqual([expect.objectContaining({ role: 'techze_diagnostics', claims: '' })]);
  });
});

describe('how it ends', () => {
  test('an error undoes everything in it and comes out as it is', async () => {
    const boom = new Error('boom');
    const write = acting(admin('tnt_a'), () =>
      database.write(async (manager) => {
        await manager.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'dev_undone' });
        throw boom;
      }),
    );
    await expect(write).rejects.toBe(boom);
    expect(await acting(admin('tnt_a'), () => database.write((m) => m.countBy(DeviceRow, { id: 'dev_undone' })))).toBe(
      0,
    );
  });

  test('a COMMIT that the server answers by ROLLBACK is an error', async () => {
    const write = acting(admin('tnt_a'), () =>
      database.write(async (manager) => {
        await manager.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'dev_lost' });
        await manager.query('select 1/0').catch(() => undefined);
      }),
    );
    await expect(write).rejects.toThrow('rolled back');
  });

  test('a nested transaction is a savepoint', async () => {
    await acting(admin('tnt_a'), () =>
      database.write(async (manager) => {
        await manager.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'dev_outer' });
        await manager
          .transaction(async (inner) => {
            await inner.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'dev_inner' });
            throw new Error('inner');
          })
          .catch(() => undefined);
      }),
    );
    const found = await acting(admin('tnt_a'), () =>
      database.write((manager) => manager.query("select id from devices where id in ('dev_outer', 'dev_inner')")),
    );
    expect(found).toEqual([{ id: 'dev_outer' }]);
  });

  test('an error of a statement keeps its code and carries no values', async () => {
    await acting(admin('tnt_a'), () => addDevice('tnt_a', 'dev_twice'));
    const again = acting(admin('tnt_a'), () => addDevice('tnt_a', 'dev_twice'));
    const error: unknown = await again.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: '23505' });
    expect(JSON.stringify(error)).not.toContain('dev_twice');
  });

  test('two that wait for each other both succeed: the one that the server undoes is done again, whole', async () => {
    const both = await openDatabase(fresh.environment('diagnostics'));
    const ids = ['dev_left', 'dev_right'];
    const touch = (manager: EntityManager, id: string | undefined) =>
      manager.query(`update devices set hostname = hostname || '+' where tenant_id = 'tnt_a' and id = $1`, [id]);
    const held = new Set<number>();
    let runs = 0;
    const cross = (nth: number) =>
      both.database.write(async (manager) => {
        runs += 1;
        await touch(manager, ids[nth]);
        held.add(nth);
        await waitFor(() => held.size === 2);
        // The one behind it in the same flight fails with it, and must not hide why.
        await Promise.all([touch(manager, ids[1 - nth]), manager.query('select 1')]);
      });
    await acting(admin('tnt_a'), async () => {
      for (const id of ids) await addDevice('tnt_a', id);
      await Promise.all([cross(0), cross(1)]);
      expect(runs).toBe(3);
      const devices = await database.write((manager) => manager.findBy(DeviceRow, { id: In(ids) }));
      expect(devices.map(({ hostname }) => hostname).sort()).toEqual(['dev_left++', 'dev_right++']);
    });
    await both.close();
  });

  test('statements sent at once share the transaction', async () => {
    const backend = 'select pg_backend_pid() as pid, now() as began';
    const rows = await acting(admin('tnt_a'), () =>
      database.write((manager) => Promise.all([1, 2, 3].map(() => manager.query<unknown[]>(backend)))),
    );
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1);
  });
});

describe('how long it may take', () => {
  test("a statement ends at the request's deadline", async () => {
    const started = performance.now();
    const slow = acting(admin('tnt_a'), () => database.read((manager) => manager.query('select pg_sleep(20)')), {
      deadline: Date.now() + 300,
    });
    await expect(slow).rejects.toMatchObject({ code: 'deadline-exceeded', cause: { code: '57014' } });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test('nothing is begun after the deadline, and nothing is committed', async () => {
    const late = { deadline: Date.now() - 1 };
    await expect(acting(admin('tnt_a'), () => place('write'), late)).rejects.toEqual(new Problem('deadline-exceeded'));
    const deadline = Date.now() + 200;
    const committed = acting(
      admin('tnt_a'),
      () =>
        database.write(async (manager) => {
          await manager.insert(DeviceRow, { tenant_id: 'tnt_a', id: 'dev_late' });
          await waitFor(() => Date.now() > deadline);
        }),
      { deadline },
    );
    await expect(committed).rejects.toEqual(new Problem('deadline-exceeded'));
    expect(await acting(admin('tnt_a'), () => database.write((m) => m.countBy(DeviceRow, { id: 'dev_late' })))).toBe(0);
  });

  test('without a deadline the configured limit holds', async () => {
    const [row] = await database.read((manager) =>
      manager.query<{ statement: string; idle: string }[]>(
        `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
      ),
    );
    expect(row).toEqual({ statement: '10s', idle: '30s' });
  });
});

test('TypeORM is stock: repositories and query builder work inside', async () => {
  await acting(
    admin('tnt_orm'),
    async () => {
      await database.write(async (manager) => {
        const devices = manager.getRepository(DeviceRow);
        await devices.save(devices.create({ tenant_id: 'tnt_orm', id: 'dev_1', hostname: 'pc', tags: ['a', 'b'] }));
        await devices.update({ tenant_id: 'tnt_orm', id: 'dev_1' }, { hostname: 'pc-2' });
      });
      const found = await database.read((manager) =>
        manager
          .createQueryBuilder(DeviceRow, 'device')
          .where('device.tenant_id = :tenant and :tag = any(device.tags)', { tenant: 'tnt_orm', tag: 'b' })
          .getMany(),
      );
      expect(found).toEqual([{ tenant_id: 'tnt_orm', id: 'dev_1', hostname: 'pc-2', tags: ['a', 'b'] }]);
    },
    { readPrimary: true },
  );
});

test('health tells writes and reads apart', async () => {
  expect(await database.health()).toEqual({ primary: true, reads: true });
});
