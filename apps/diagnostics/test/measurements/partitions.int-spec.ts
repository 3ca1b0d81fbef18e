import { randomBytes } from 'node:crypto';
import { services } from '@techze/contracts';
import { prepareCluster, runMigrations, type LoginPasswords } from '@techze/database';
import { testDatabase } from '@techze/testing';
import { Client } from 'pg';
import { installedPostgres, startInstalled } from '../../../../libs/database/test/support/postgres-versions.js';

/** A migrated database, and how to reach it. */
interface Ground {
  readonly adminUrl: string;
  readonly login: { readonly user: string; readonly password: string };
  end(): Promise<void>;
}

async function shared(): Promise<Ground> {
  const database = await testDatabase();
  return { adminUrl: database.adminUrl(), login: database.login('diagnostics'), end: () => database.drop() };
}

async function installed(programs: string): Promise<Ground> {
  const server = await startInstalled(programs);
  const passwords: LoginPasswords = Object.fromEntries(
    services.map((service) => [service, randomBytes(12).toString('hex')]),
  );
  const adminUrl = server.url('techze');
  await prepareCluster(adminUrl, passwords);
  await runMigrations(adminUrl);
  const login = { user: 'techze_diagnostics', password: passwords.diagnostics ?? '' };
  return { adminUrl, login, end: () => server.stop() };
}

describe.each([
  { version: 18, start: shared },
  ...installedPostgres()
    .filter(({ version }) => version < 18)
    .map(({ version, programs }) => ({ version, start: () => installed(programs) })),
])('the partitions of measurements on PostgreSQL $version', ({ start }) => {
  let ground: Ground;
  let admin: Client;

  beforeAll(async () => {
    ground = await start();
    admin = new Client({ connectionString: ground.adminUrl });
    await admin.connect();
  }, 60_000);
  afterAll(async () => {
    await admin?.end();
    await ground?.end();
  });

  const rows = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await admin.query<Row>(sql, values)).rows;
  const day = async (ahead: number) =>
    (await rows<{ day: string }>(`select ((now() at time zone 'UTC')::date + $1::int)::text as day`, [ahead]))[0]!.day;
  const nameOf = (text: string) => `measurements_${text.replaceAll('-', '')}`;
  const names = async () =>
    (
      await rows<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'measurements'::regclass order by 1`,
      )
    ).map(({ name }) => name);
  const insert = (at: string, client = admin) =>
    client.query(
      `insert into measurements (tenant_id, device_id, metric, at, value, diagnostic_id)
       values ('tnt_a', 'dev_1', 'cpu.load', $1, 1, 'dgn_1')`,
      [at],
    );

  /** As a service's worker does: its log-in, the role and the claims, in one transaction. */
  async function asWorker<Row extends object>(
    sql: string,
    values: unknown[] = [],
    role = 'svc_worker',
  ): Promise<Row[]> {
    const url = new URL(ground.adminUrl);
    url.username = ground.login.user;
    url.password = ground.login.password;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(
        `select set_config('role', $1, true), set_config('request.jwt.claims', '{"worker":"measurements"}', true)`,
        [role],
      );
      const result = await client.query<Row>(sql, values);
      await client.query('commit');
      return result.rows;
    } finally {
      await client.end();
    }
  }
  const ensure = (text: string) => asWorker('select ensure_measurements_partition($1)', [text]);

  it('are there from the first moment: 30 days back, a week ahead, and one for the rest', async () => {
    const expected: string[] = [];
    for (let ahead = -30; ahead <= 7; ahead += 1) expected.push(await day(ahead));
    expect(await names()).toEqual([...expected.map(nameOf), 'measurements_default'].sort());
  });

  it('take each sample by its day, and what is of no day goes to the rest', async () => {
    await insert(`${await day(0)}T23:59:59.999Z`);
    await insert(`${await day(1)}T00:00:00Z`);
    await insert('2000-01-01T00:00:00Z');
    const places = await rows<{ place: string }>(
      `select tableoid::regclass::text as place from measurements order by at`,
    );
    expect(places.map(({ place }) => place)).toEqual([
      'measurements_default',
      nameOf(await day(0)),
      nameOf(await day(1)),
    ]);
    await admin.query('delete from measurements');
  });

  it('one that is missing is made with the rows of its day, which nobody misses meanwhile', async () => {
    const today = await day(0);
    await admin.query(`drop table ${nameOf(today)}`);
    const ends = `${await day(1)}T00:00:00Z`;
    await insert(`${today}T00:00:00Z`);
    await insert(`${today}T12:00:00Z`);
    await insert(ends);
    await insert('2000-01-01T00:00:00Z');
    await ensure(today);
    expect(
      await rows(`select tableoid::regclass::text as place, count(*)::int from measurements group by 1 order by 1`),
    ).toEqual(
      [
        { place: nameOf(today), count: 2 },
        { place: nameOf(await day(1)), count: 1 },
        { place: 'measurements_default', count: 1 },
      ].sort((a, b) => (a.place < b.place ? -1 : 1)),
    );
    await admin.query('delete from measurements');
  });

  it('have row security enabled and forced, are granted to nobody, and have the indexes of the whole', async () => {
    const far = await day(9);
    await ensure(far);
    const flags = await rows<object>(
      `select c.relname as name from pg_class c join pg_inherits i on i.inhrelid = c.oid
       where i.inhparent = 'measurements'::regclass and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    expect(flags).toEqual([]);
    expect(
      await rows(
        `select grantee from information_schema.table_privileges
         where table_name ~ '^measurements_' and grantee not in ('techze_owner', 'postgres')`,
      ),
    ).toEqual([]);
    const indexes = await rows<{ definition: string }>(
      `select replace(pg_get_indexdef(indexrelid), $1, '') as definition from pg_index where indrelid = $1::text::regclass`,
      [nameOf(far)],
    );
    expect(indexes).toHaveLength(2);
    expect(indexes.map(({ definition }) => definition).join()).toMatch(
      /btree \(tenant_id, device_id, metric, at\).*brin|brin.*btree/,
    );
    await admin.query(`drop table ${nameOf(far)}`);
  });

  it('are made by many at once, once', async () => {
    const [one, two] = [await day(10), await day(11)];
    await Promise.all(Array.from({ length: 8 }, (_, index) => ensure(index % 2 === 0 ? one : two)));
    expect(await names()).toEqual(expect.arrayContaining([nameOf(one), nameOf(two)]));
    await admin.query(`drop table ${nameOf(one)}, ${nameOf(two)}`);
  });

  it('are made while samples come in, and none is lost', async () => {
    const far = await day(12);
    let writing = true;
    let written = 0;
    const writers = Array.from({ length: 3 }, async () => {
      const client = new Client({ connectionString: ground.adminUrl });
      await client.connect();
      while (writing) {
        // Routed to the default partition while the day's own was being attached: told so, and written again.
        const done = await insert(`${far}T08:00:00Z`, client).catch((error: { code?: string }) => error.code);
        if (typeof done === 'object') written += 1;
        else expect(done).toBe('23514');
      }
      await client.end();
    });
    while (written < 20) await new Promise(setImmediate);
    await ensure(far);
    const before = written;
    while (written < before + 20) await new Promise(setImmediate);
    writing = false;
    await Promise.all(writers);
    const [{ count } = { count: 0 }] = await rows<{ count: number }>(`select count(*)::int from ${nameOf(far)}`);
    expect(count).toBe(written);
    await admin.query(`drop table ${nameOf(far)}`);
  });

  it('beyond retention are dropped, and with them what is that old in the default partition', async () => {
    const [kept, gone] = [await day(-30), '2020-02-02'];
    await admin.query('set role techze_owner');
    await admin.query(
      `create table ${nameOf(gone)} partition of measurements for values from ('2020-02-02T00:00:00Z') to ('2020-02-03T00:00:00Z')`,
    );
    await admin.query('reset role');
    await insert('2020-02-02T08:00:00Z');
    await insert('2001-01-01T00:00:00Z');
    await insert('2100-01-01T00:00:00Z');
    expect(await asWorker('select drop_expired_measurements() as dropped')).toEqual([{ dropped: 1 }]);
    expect(await names()).toContain(nameOf(kept));
    expect(await names()).not.toContain(nameOf(gone));
    expect(await rows('select extract(year from at)::int as year from measurements')).toEqual([{ year: 2100 }]);
    const [flags] = await rows(`select relforcerowsecurity from pg_class where relname = 'measurements_default'`);
    expect(flags).toEqual({ relforcerowsecurity: true });
    await admin.query('delete from measurements');
  });

  it.each(['2020-01-01', '2999-01-01', null])('none is made for %s, whoever asks', async (text) => {
    const before = await names();
    await expect(asWorker('select ensure_measurements_partition($1::date)', [text])).rejects.toMatchObject({
      code: '22023',
    });
    expect(await names()).toEqual(before);
  });

  it('are made and dropped by the worker only', async () => {
    for (const role of ['svc_diagnostics', 'none'])
      for (const call of ['ensure_measurements_partition(current_date)', 'drop_expired_measurements()'])
        await expect(asWorker(`select ${call}`, [], role)).rejects.toMatchObject({ code: '42501' });
    const callers = await rows(
      `select distinct rolname::text as name from pg_roles, pg_proc p
       where p.proname in ('ensure_measurements_partition', 'drop_expired_measurements')
         and rolname ~ '^(svc_|anon|authenticated)' and has_function_privilege(rolname, p.oid, 'EXECUTE')`,
    );
    expect(callers).toEqual([{ name: 'svc_worker' }]);
  });
});
