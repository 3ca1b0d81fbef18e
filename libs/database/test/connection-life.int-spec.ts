import { sharedCluster, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { readOn, readPort, write, writeOn } from './support/traffic.js';

let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase | undefined;

beforeAll(async () => {
  servers = await sharedCluster();
  fresh = await testDatabase();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});
afterAll(() => fresh.drop());

async function start(changes: Readonly<Record<string, string>>): Promise<OpenDatabase> {
  open = await openDatabase({ ...fresh.environment('diagnostics'), ...changes });
  return open;
}

/** Ids of the server's processes that serve this pool. */
async function backends(node: 'primary' | 'replica'): Promise<readonly number[]> {
  const rows = await servers[node].query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = $1 and usename = 'techze_diagnostics'`,
    [fresh.name],
  );
  return rows.map(({ pid }) => pid);
}

/** The probe has a connection of its own. */
const PROBE = 1;

/** Holds as many writes open at once. */
async function burst({ database }: OpenDatabase, size: number): Promise<void> {
  let begun = 0;
  let finish: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (finish = resolve));
  const writes = Array.from({ length: size }, () =>
    database.write(async (manager) => {
      await manager.query('select 1');
      begun += 1;
      await end;
    }),
  );
  await waitFor(() => begun === size);
  finish();
  await Promise.all(writes);
}

test('some connections are kept warm on every node, before anybody asks and after all have rested', async () => {
  const pool = await start({
    DATABASE_MIN_CONNECTIONS_PER_NODE: '6',
    DATABASE_SHARED_CONNECTIONS_PER_NODE: '0',
    DATABASE_IDLE_TIMEOUT_MS: '1000',
  });
  for (const node of ['primary', 'replica'] as const)
    await waitFor(async () => (await backends(node)).length === 6 + PROBE);
  await burst(pool, 15);
  expect((await backends('primary')).length).toBe(15 + PROBE);
  // What rested for too long is closed, and no more than that.
  await waitFor(async () => (await backends('primary')).length === 6 + PROBE);
  const warm = await backends('primary');
  await burst(pool, 6);
  expect([...(await backends('primary'))].sort()).toEqual([...warm].sort());
}, 60_000);

test('connections are renewed at the end of their life, under reads and writes that do not notice', async () => {
  const { database } = await start({ DATABASE_MAX_LIFETIME_MS: '1000', DATABASE_MIN_CONNECTIONS_PER_NODE: '3' });
  const reading = readOn(database, 4);
  const writing = writeOn(database, 2);
  await waitFor(() => writing.seen.acknowledged.length > 10 && reading.seen.succeeded > 100);
  const first = { primary: await backends('primary'), replica: await backends('replica') };
  const probes = PROBE;
  for (const node of ['primary', 'replica'] as const)
    await waitFor(async () => {
      const now = new Set(await backends(node));
      return first[node].filter((pid) => now.has(pid)).length <= probes;
    });
  expect((await reading.stop()).failures).toEqual([]);
  expect((await writing.stop()).failures).toEqual([]);
}, 60_000);

test('connections that were made together do not end together', async () => {
  const pool = await start({ DATABASE_MAX_LIFETIME_MS: '3000', DATABASE_SHARED_CONNECTIONS_PER_NODE: '0' });
  await burst(pool, 12);
  const together = await backends('primary');
  const lived: number[] = [];
  await waitFor(
    async () => {
      const now = await backends('primary');
      lived.push(together.filter((pid) => now.includes(pid)).length);
      return (lived.at(-1) ?? 0) <= PROBE;
    },
    { everyMs: 10 },
  );
  // On the way from all to none there were some.
  expect(lived.filter((count) => count > PROBE + 1 && count < together.length - 1)).not.toEqual([]);
}, 60_000);

test('a connection that is held for too long is logged once, with where it was taken; the work goes on', async () => {
  const { database, log } = await start({ DATABASE_LEAK_AFTER_MS: '200' });
  const leaks = () => log.filter(({ msg }) => String(msg).includes('held for too long'));
  let finish: () => void = () => undefined;
  const forgetful = database.write(async function forgetsToEnd(manager) {
    await manager.query('select 1');
    await new Promise<void>((resolve) => (finish = resolve));
    return manager.query('select 2 as two');
  });
  await waitFor(() => leaks().length > 0);
  expect(leaks()[0]).toMatchObject({ level: 'warn', node: 'primary' });
  expect(String(leaks()[0]?.taken_at)).toContain('connection-life.int-spec');
  expect(database.pool.view().nodes.find(({ id }) => id === 'primary')?.totals.leaks).toBe(1);
  finish();
  expect(await forgetful).toEqual([{ two: 2 }]);
  // Others that came and went are no leaks.
  for (let time = 0; time < 50; time += 1) await write(database);
  expect(leaks()).toHaveLength(1);
}, 60_000);

test('a connection whose server ended it while it rested is not lent', async () => {
  const { database } = await start({});
  await write(database);
  await readPort(database);
  for (let round = 0; round < 5; round += 1) {
    for (const node of ['primary', 'replica'] as const) {
      const pids = await backends(node);
      await servers[node].query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
      await waitFor(async () => !(await backends(node)).some((pid) => pids.includes(pid)));
    }
    await write(database);
    await readPort(database);
  }
}, 60_000);
