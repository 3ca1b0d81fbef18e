import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';

let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  open = await openDatabase({
    ...fresh.environment('diagnostics'),
    DATABASE_MAX_CONNECTIONS_PER_NODE: '2',
    DATABASE_MAX_WAITING_PER_NODE: '50',
    DATABASE_ACQUIRE_TIMEOUT_MS: '2000',
  });
});
afterAll(async () => {
  await open.close();
  await fresh.drop();
});

const exhausted = expect.objectContaining({ code: 'pool-exhausted', status: 503 });

/** Takes every connection of the primary until `free` is called. */
async function holdAll(): Promise<{ free: () => Promise<unknown> }> {
  const holders: (() => void)[] = [];
  const held = [1, 2].map(() =>
    open.database.write(async (manager) => {
      await manager.query('select 1');
      await new Promise<void>((resolve) => holders.push(resolve));
    }),
  );
  await waitFor(() => holders.length === 2);
  return {
    free: () => {
      holders.forEach((release) => release());
      return Promise.all(held);
    },
  };
}

test('who waits in vain is told while half of the time is left, long before the acquire time-out', async () => {
  const { free } = await holdAll();
  const started = performance.now();
  const waiting = acting(admin('tnt_a'), () => open.database.write((manager) => manager.query('select 1')), {
    deadline: Date.now() + 1000,
  });
  await expect(waiting).rejects.toEqual(exhausted);
  expect(performance.now() - started).toBeLessThan(900);
  await free();
});

test('who may wait for ever is told at the acquire time-out', async () => {
  const { free } = await holdAll();
  const started = performance.now();
  await expect(open.database.write((manager) => manager.query('select 1'))).rejects.toEqual(exhausted);
  const waitedMs = performance.now() - started;
  expect(waitedMs).toBeGreaterThan(1900);
  expect(waitedMs).toBeLessThan(3000);
  await free();
});

test('a full queue refuses at once, and those in it are served when connections come free', async () => {
  const { free } = await holdAll();
  const queued = Array.from({ length: 50 }, () => open.database.write((manager) => manager.query('select 1 as one')));
  // Every one of them reaches the queue within a few turns of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const started = performance.now();
  await expect(open.database.write((manager) => manager.query('select 1'))).rejects.toEqual(exhausted);
  expect(performance.now() - started).toBeLessThan(100);
  await free();
  expect(await Promise.all(queued)).toEqual(Array.from({ length: 50 }, () => [{ one: 1 }]));
});

test('a full primary does not touch reads', async () => {
  const { free } = await holdAll();
  expect(await open.database.read((manager) => manager.query('select 1 as one'))).toEqual([{ one: 1 }]);
  await free();
});

test('what waited and what was refused is counted, and nothing is left taken', async () => {
  const { free } = await holdAll();
  const waiting = open.database.write((manager) => manager.query('select 1'));
  const primary = () => open.database.pool.view().nodes.find(({ id }) => id === 'primary');
  await waitFor(() => primary()?.waiting === 1);
  expect(primary()).toMatchObject({ active: 2, max: 2, breaker: 'closed', reachable: true });
  await free();
  await waiting;
  expect(primary()).toMatchObject({ active: 0, waiting: 0 });
  const { acquires, waits } = primary()?.totals ?? {};
  expect(acquires).toMatchObject({ timeout: 2, full: 1 });
  expect(waits).toBeGreaterThanOrEqual(51);
});

test('ten times as many transactions as connections all succeed', async () => {
  const all = Array.from({ length: 20 }, () => open.database.write((manager) => manager.query('select 1 as one')));
  expect(await Promise.all(all)).toHaveLength(20);
});
