import { loadConfig } from '@techze/config';
import { databaseConfig, openDatabase, type Database, type DatabaseConfig } from '@techze/database';
import { Logger } from '@techze/observability';
import { QuantileSketch } from '@techze/sketch';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import { proxiedNodes, type ProxiedNodes } from '../../../libs/database/test/support/proxied-nodes.js';
import { UsageRecord } from '../src/usage/usage-record.js';
import { UsageRepository } from '../src/usage/usage.repository.js';

interface Row {
  readonly tenant_id: string;
  readonly minute: Date;
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly server_errors: number;
  readonly sketch: Buffer;
}

describe('the usage record in the database', () => {
  let fresh: TestDatabase;
  let nodes: ProxiedNodes;
  let database: Database;
  let admin: Client;
  const logged: string[] = [];
  const logger = Logger.to({ write: (line: string) => void logged.push(line) });

  beforeAll(async () => {
    fresh = await testDatabase();
    nodes = await proxiedNodes(fresh);
    const { DATABASE_NODES } = nodes.environment;
    const environment = { ...fresh.environment('gateway'), DATABASE_NODES };
    const config = loadConfig([databaseConfig], environment).get(databaseConfig.token) as DatabaseConfig;
    database = await openDatabase(config, { role: 'svc_identity', entities: [], logger });
    admin = new Client({ connectionString: fresh.adminUrl() });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await database.close();
    await nodes.close();
    await fresh.drop();
  });
  afterEach(async () => {
    jest.useRealTimers();
    nodes.heal();
    logged.length = 0;
    await admin.query('delete from api_usage');
  });

  const rows = async (sql = 'select * from api_usage order by tenant_id, minute, method, route') =>
    (await admin.query<Row>(sql)).rows;
  const record = () => new UsageRecord(new UsageRepository(database), logger);
  const ask = (usage: UsageRecord, tenant: string, status = 200, elapsedMs = 10) =>
    usage.count(tenant, 'GET', '/api/v1/devices/:id', { status, elapsedMs, aborted: false });

  it('has one row a part, each under its tenant, and the sketch that was counted', async () => {
    const usage = record();
    for (let nth = 1; nth <= 100; nth += 1) ask(usage, `tnt_${nth % 2 === 0 ? 'a' : 'b'}`, nth === 7 ? 503 : 200, nth);
    await usage.write();
    const written = await rows();
    expect(written).toEqual([
      expect.objectContaining({
        tenant_id: 'tnt_a',
        requests: 50,
        server_errors: 0,
        total_ms: 2_550,
        min_ms: 2,
        max_ms: 100,
      }),
      expect.objectContaining({
        tenant_id: 'tnt_b',
        requests: 50,
        server_errors: 1,
        method: 'GET',
        route: '/api/v1/devices/:id',
      }),
    ]);
    const median = QuantileSketch.fromBytes(written[0]!.sketch).quantile(0.5)!;
    expect(Math.abs(median - 50)).toBeLessThanOrEqual(1.5);
  });

  it('is not counted twice when nobody knows whether it was written: it is written again', async () => {
    const repository = new UsageRepository(database);
    let lost = 0;
    const forgetful: Pick<UsageRepository, 'record'> = {
      record: async (parts) => {
        await repository.record(parts);
        if ((lost += 1) === 1) throw new Error('the answer was lost');
      },
    };
    const usage = new UsageRecord(forgetful as UsageRepository, logger);
    for (let nth = 0; nth < 3; nth += 1) ask(usage, 'tnt_a');
    await usage.write();
    ask(usage, 'tnt_a');
    await usage.write();
    expect(lost).toBe(2);
    expect(await rows()).toEqual([expect.objectContaining({ requests: 4 })]);
  });

  it('adds up over gateways', async () => {
    const gateways = [record(), record()];
    for (const usage of gateways) ask(usage, 'tnt_a');
    await Promise.all(gateways.map((usage) => usage.write()));
    expect(await rows('select sum(requests)::int as requests from api_usage')).toEqual([{ requests: 2 }]);
  });

  it('waits while the primary is away, and is then written in the minutes it is of', async () => {
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'setImmediate',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'performance',
        'queueMicrotask',
      ],
      now: Date.parse('2026-11-22T08:00:30Z'),
    });
    const usage = record();
    ask(usage, 'tnt_a');
    nodes.primary.refuse();
    await usage.write();
    expect(await rows()).toEqual([]);
    jest.setSystemTime(Date.parse('2026-11-22T08:01:10Z'));
    ask(usage, 'tnt_a');
    ask(usage, 'tnt_a');
    await usage.write();
    expect(logged.filter((line) => line.includes('cannot be written'))).toHaveLength(1);
    jest.useRealTimers();
    nodes.heal();
    await waitFor(async () => {
      await usage.write();
      return (await rows()).length === 2;
    });
    expect((await rows()).map(({ minute, requests }) => [minute.toISOString(), requests])).toEqual([
      ['2026-11-22T08:00:00.000Z', 1],
      ['2026-11-22T08:01:00.000Z', 2],
    ]);
    expect(logged.join()).toContain('is written again');
  });

  it('holds nobody up while the database hangs: counting goes on, and no second writer begins', async () => {
    const usage = record();
    ask(usage, 'tnt_a');
    const locker = new Client({ connectionString: fresh.adminUrl() });
    await locker.connect();
    await locker.query('begin; lock table api_usage in access exclusive mode');
    const writing = usage.write();
    await waitFor(
      async () =>
        (
          await admin.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%record_api_usage%'`,
          )
        ).rowCount === 1,
    );
    const start = performance.now();
    for (let nth = 0; nth < 1_000; nth += 1) ask(usage, 'tnt_a');
    expect(performance.now() - start).toBeLessThan(200);
    expect(usage.write()).toBe(writing);
    await locker.end();
    await writing;
    await usage.write();
    expect(await rows()).toEqual([expect.objectContaining({ requests: 1_001 })]);
  });

  it('is what is left to write when a gateway stops', async () => {
    const usage = record();
    usage.onApplicationBootstrap();
    ask(usage, 'tnt_a');
    await usage.onApplicationShutdown();
    expect(await rows()).toEqual([expect.objectContaining({ requests: 1 })]);
  });

  it('is of a week’s partition, and what is of none of them in the rest', async () => {
    const places = async () =>
      (await admin.query<{ place: string }>('select tableoid::regclass::text as place from api_usage')).rows[0]?.place;
    const usage = record();
    ask(usage, 'tnt_a');
    await usage.write();
    expect(await places()).toMatch(/^api_usage_\d{8}$/);
    await admin.query(`update api_usage set minute = '2100-01-01'`);
    expect(await places()).toBe('api_usage_default');
  });

  it('is read within the tenant by analytics, written by the gateway alone, and by nobody across tenants', async () => {
    const usage = record();
    for (const tenant of ['tnt_a', 'tnt_b']) ask(usage, tenant);
    await usage.write();
    const within = async (role: string, tenant: string, sql: string) => {
      await admin.query('begin');
      try {
        await admin.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
          role,
          JSON.stringify({ tenant_id: tenant, role: 'viewer' }),
        ]);
        const { rows: found, rowCount } = await admin.query<Row>(sql);
        return found.length > 0 ? found.map((row) => row.tenant_id) : rowCount;
      } catch (error) {
        return (error as { code: string }).code;
      } finally {
        await admin.query('rollback');
      }
    };
    for (const role of ['svc_analytics', 'svc_identity']) {
      expect(await within(role, 'tnt_a', 'select tenant_id from api_usage')).toEqual(['tnt_a']);
      expect(await within(role, 'tnt_b', 'select tenant_id from api_usage')).toEqual(['tnt_b']);
    }
    for (const role of ['svc_analytics', 'svc_diagnostics', 'svc_worker', 'authenticated', 'anon'])
      expect(await within(role, 'tnt_a', `select record_api_usage('{}')`)).toBe('42501');
    for (const role of ['svc_diagnostics', 'svc_worker', 'authenticated', 'anon'])
      expect(await within(role, 'tnt_a', 'select tenant_id from api_usage')).toBe('42501');
    expect(await within('svc_identity', 'tnt_a', 'delete from api_usage')).toBe('42501');
    expect(await within('svc_identity', 'tnt_a', `update api_usage set tenant_id = 'tnt_b'`)).toBe('42501');
    expect(await within('svc_identity', 'tnt_a', 'update api_usage set requests = 0')).toBe(1);
  });

  it('is made room for ahead and dropped after a quarter, by the worker only', async () => {
    const names = async () =>
      (
        await admin.query<{ name: string }>(
          `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'api_usage'::regclass order by 1`,
        )
      ).rows.map(({ name }) => name);
    const before = await names();
    expect(before).toHaveLength(4); // this week, two ahead, and the rest
    await admin.query('set role techze_owner');
    await admin.query(
      `create table api_usage_20200203 partition of api_usage for values from ('2020-02-03Z') to ('2020-02-10Z')`,
    );
    await admin.query('reset role');
    await admin.query(`set role svc_worker`);
    const dropped = await admin.query('select drop_expired_api_usage() as dropped');
    expect(dropped.rows).toEqual([{ dropped: 1 }]);
    expect(await names()).toEqual(before);
    const [monday] = (
      await admin.query<{ day: string }>(
        `select (date_trunc('week', now() at time zone 'UTC')::date + 21)::text as day`,
      )
    ).rows;
    for (const day of ['2020-01-06', '2999-01-01', null])
      await expect(admin.query('select ensure_api_usage_partition($1::date)', [day])).rejects.toMatchObject({
        code: '22023',
      });
    await expect(admin.query('select ensure_api_usage_partition($1::date + 1)', [monday!.day])).rejects.toMatchObject({
      code: '22023',
    });
    await admin.query('reset role');
    await admin.query('set role svc_identity');
    await expect(admin.query('select drop_expired_api_usage()')).rejects.toMatchObject({ code: '42501' });
    await admin.query('reset role');
  });
});
