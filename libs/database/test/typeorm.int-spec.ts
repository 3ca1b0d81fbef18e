import { Logger } from '@techze/observability';
import { loadConfig } from '@techze/config';
import { databaseConfig, type DatabaseConfig } from '@techze/database';
import { testDatabase, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import {
  Column,
  Entity,
  In,
  JoinColumn,
  ManyToOne,
  MigrationExecutor,
  OneToMany,
  PrimaryColumn,
  type DataSource,
  type QueryRunner,
  type Relation,
} from 'typeorm';
import { Cluster } from '../src/cluster/cluster.js';
import { migrations } from '../src/migrations/index.js';
import type { TenantConnection } from '../src/tenancy/tenant-connection.js';
import { createDataSource, type Entities } from '../src/typeorm/data-source.js';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';

@Entity('customers')
class CustomerRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @OneToMany(() => SiteRow, (site) => site.customer) sites: Relation<SiteRow>[];
}

@Entity('sites')
class SiteRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') customer_id: string;
  @Column('text') name: string;
  @Column('int', { default: 1 }) version: number;
  @ManyToOne(() => CustomerRow, (customer) => customer.sites)
  @JoinColumn([
    { name: 'tenant_id', referencedColumnName: 'tenant_id' },
    { name: 'customer_id', referencedColumnName: 'id' },
  ])
  customer: Relation<CustomerRow>;
}

let fresh: TestDatabase;
let open: OpenDatabase;
const tenant_id = 'tnt_orm';
/** As a request of that tenant's administrator. */
const asAdmin = <T>(work: () => Promise<T>) => acting(admin(tenant_id), work);

beforeAll(async () => {
  fresh = await testDatabase();
  open = await openDatabase(fresh.environment('diagnostics'), { entities: [CustomerRow, SiteRow] });
  await asAdmin(() =>
    open.database.write(async (manager) => {
      await manager.save(CustomerRow, { tenant_id, id: 'cus_1', name: 'Padaria' });
      await manager.save(SiteRow, [
        { tenant_id, id: 'sit_1', customer_id: 'cus_1', name: 'Loja' },
        { tenant_id, id: 'sit_2', customer_id: 'cus_1', name: 'Cozinha' },
      ]);
    }),
  );
  await fresh.untilReplicated();
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

async function asSuperuser(database: TestDatabase, sql: string): Promise<void> {
  const client = new Client({ connectionString: database.adminUrl() });
  await client.connect();
  await client.query(sql);
  await client.end();
}

test('repositories read one, many, counts and relations on a replica', async () => {
  await asAdmin(() =>
    open.database.read(async (manager) => {
      const sites = manager.getRepository(SiteRow);
      expect(await sites.findOneBy({ tenant_id, id: 'sit_1' })).toMatchObject({ name: 'Loja', version: 1 });
      expect(await sites.findOneBy({ tenant_id, id: 'sit_none' })).toBeNull();
      expect(await sites.findAndCount({ where: { tenant_id }, order: { id: 'DESC' }, take: 1 })).toEqual([
        [expect.objectContaining({ id: 'sit_2' })],
        2,
      ]);
      expect(await sites.existsBy({ tenant_id, id: In(['sit_2', 'sit_3']) })).toBe(true);
      const customers = await manager.find(CustomerRow, { where: { tenant_id }, relations: { sites: true } });
      expect(customers).toEqual([
        { tenant_id, id: 'cus_1', name: 'Padaria', sites: expect.arrayContaining([expect.anything()]) as unknown },
      ]);
    }),
  );
});

test('the query builder joins, groups, pages and takes parameters', async () => {
  const rows = await asAdmin(() =>
    open.database.read((manager) =>
      manager
        .createQueryBuilder(SiteRow, 's')
        .innerJoin('s.customer', 'c')
        .select('c.name', 'customer')
        .addSelect('count(*)::int', 'sites')
        .where('s.tenant_id = :tenant_id and s.name = any(:names)', { tenant_id, names: ['Loja', 'Cozinha', `'; --`] })
        .groupBy('c.name')
        .getRawMany<{ customer: string; sites: number }>(),
    ),
  );
  expect(rows).toEqual([{ customer: 'Padaria', sites: 2 }]);
});

test('inserts, updates, upserts and deletes say what they did, and are seen inside of their transaction', async () => {
  await asAdmin(() =>
    open.database.write(async (manager) => {
      const site = { tenant_id, id: 'sit_9', customer_id: 'cus_1', name: 'Depósito' };
      const inserted = await manager.createQueryBuilder().insert().into(SiteRow).values(site).returning('*').execute();
      expect(inserted.raw).toEqual([expect.objectContaining({ id: 'sit_9', version: 1 })]);
      const upsert = manager.createQueryBuilder().insert().into(SiteRow).orUpdate(['name'], ['tenant_id', 'id']);
      await upsert.values({ ...site, name: 'Depósito 2' }).execute();
      expect(await manager.findOneByOrFail(SiteRow, { tenant_id, id: 'sit_9' })).toMatchObject({ name: 'Depósito 2' });
      expect(await manager.increment(SiteRow, { tenant_id, id: 'sit_9' }, 'version', 2)).toMatchObject({ affected: 1 });
      expect(await manager.delete(SiteRow, { tenant_id, id: 'sit_9' })).toMatchObject({ affected: 1 });
      expect(await manager.countBy(SiteRow, { tenant_id })).toBe(2);
    }),
  );
});

test('a table that changes under its prepared statements is read on, and written on', async () => {
  const addColumn = async (name: string) => {
    await asSuperuser(fresh, `alter table customers add column ${name} int`);
    await fresh.untilReplicated();
  };
  const all = () => asAdmin(() => open.database.read((manager) => manager.query<object[]>('select * from customers')));
  const touch = () =>
    asAdmin(() =>
      open.database.write((manager) =>
        manager.query<[object[], number]>('update customers set name = name returning *'),
      ),
    );
  for (let run = 0; run < 5; run += 1) await Promise.all([all(), touch()]);
  await addColumn('extra_1');
  expect(Object.keys((await all())[0] ?? {})).toContain('extra_1');
  expect(Object.keys((await touch())[0][0] ?? {})).toContain('extra_1');
});

describe('migrations through the same driver', () => {
  let empty: TestDatabase;
  let cluster: Cluster;
  let dataSource: DataSource;
  let runner: QueryRunner;

  beforeAll(async () => {
    empty = await testDatabase({ migrated: false });
    await asSuperuser(empty, 'grant all on schema public to techze_owner');
    await asSuperuser(empty, 'create schema auth authorization techze_owner');
    await asSuperuser(empty, 'grant usage, create on schema auth to techze_login');
    await asSuperuser(empty, `grant connect on database ${empty.name} to techze_migrator`);
    const { user, password } = empty.login('migrator');
    const environment = { ...empty.environment('diagnostics'), DATABASE_USER: user, DATABASE_PASSWORD: password };
    const config = loadConfig([databaseConfig], environment).get(databaseConfig.token) as DatabaseConfig;
    cluster = new Cluster(config, 'techze migrate', Logger.to({ write: () => undefined }));
    dataSource = createDataSource(cluster, config, [] as Entities);
    await cluster.start();
    await dataSource.initialize();
    runner = dataSource.createQueryRunner();
    const connection = (await runner.connect()) as TenantConnection;
    connection.prepare({ purpose: 'write', role: 'techze_owner', claims: null });
  });
  afterAll(async () => {
    await runner.release();
    await dataSource.destroy();
    await cluster.stop();
    await empty.drop();
  });

  test('each runs once, in a transaction of its own', async () => {
    dataSource.migrations.push(...migrations.map((Migration) => new Migration()));
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    expect((await executor.executePendingMigrations()).map(({ name }) => name)).toEqual(
      migrations.map(({ name }) => name),
    );
    expect(await executor.executePendingMigrations()).toEqual([]);
    const [tables] = await runner.manager.query<{ count: number }[]>(
      `select count(*)::int as count from pg_tables where schemaname = 'public' and rowsecurity`,
    );
    expect(tables?.count).toBeGreaterThan(15);
  }, 60_000);

  test('one that fails leaves nothing of itself', async () => {
    await runner.startTransaction();
    await runner.query('create table half_made (id int)');
    await expect(runner.query('create table half_made (id int)')).rejects.toMatchObject({ code: '42P07' });
    await runner.rollbackTransaction();
    expect(await runner.hasTable('half_made')).toBe(false);
    await runner.query('create table whole (id int)'); // outside of a transaction: one of its own
    expect(await runner.hasTable('whole')).toBe(true);
  });
});
