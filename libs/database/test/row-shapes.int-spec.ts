import { testDatabase, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  // One connection for all: what it knows of a statement from its first runs counts in all later ones.
  const environment = { ...fresh.environment('diagnostics'), DATABASE_MAX_CONNECTIONS_PER_NODE: '1' };
  open = await openDatabase(environment);
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const ask = (transaction: 'read' | 'write', sql: string, values: readonly unknown[] = []) =>
  acting(admin('tnt_a'), () => open.database[transaction]((manager) => manager.query<unknown>(sql, [...values])));

test('rows are the same in every run of a statement: names, types, nulls, and none', async () => {
  const sql = `select n, n * 1.5::float8 as half, '2026-11-22T08:00:00Z'::timestamptz as at, array[n::text, null] as list,
    case when n = 2 then null else true end as maybe, '{"a":1}'::json as data from generate_series(1, $1::int) as n`;
  const row = (n: number) => ({
    n,
    half: n * 1.5,
    at: new Date('2026-11-22T08:00:00Z'),
    list: [String(n), null],
    maybe: n === 2 ? null : true,
    data: { a: 1 },
  });
  for (const count of [2, 3, 0, 1, 3, 2, 0])
    expect(await ask('read', sql, [count])).toEqual(Array.from({ length: count }, (_each, index) => row(index + 1)));
});

test('a statement that fails in between gives the right rows afterwards, and so do others', async () => {
  const divide = 'select 12 / $1::int as quotient';
  for (const [divisor, quotient] of [
    [1, 12],
    [2, 6],
    [3, 4],
    [0, undefined],
    [4, 3],
    [0, undefined],
    [6, 2],
  ] as const) {
    if (quotient === undefined) await expect(ask('read', divide, [divisor])).rejects.toMatchObject({ code: '22012' });
    else expect(await ask('read', divide, [divisor])).toEqual([{ quotient }]);
    expect(await ask('read', "select 'other' as text, $1::int as n", [divisor])).toEqual([
      { text: 'other', n: divisor },
    ]);
  }
});

test('a statement without rows says how many it changed in every run; with rows, which', async () => {
  for (let run = 1; run <= 5; run += 1) {
    const insert = "insert into devices (tenant_id, id) values ('tnt_a', $1)";
    expect(await ask('write', insert, [`dev_${run}`])).toEqual([]);
    expect(await ask('write', "update devices set hostname = $1 where tenant_id = 'tnt_a'", ['h'])).toEqual([[], run]);
    const returning =
      "update devices set hostname = $1 where tenant_id = 'tnt_a' and id = 'dev_1' returning id, hostname";
    expect(await ask('write', returning, [`h${run}`])).toEqual([[{ id: 'dev_1', hostname: `h${run}` }], 1]);
  }
});
