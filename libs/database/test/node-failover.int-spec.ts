import { startPostgres, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { readOn, readPort, unavailable, write, writeOn } from './support/traffic.js';

let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;

/** Nodes that come back are used again soon: what a breaker does has tests of its own. */
const environment = () => ({
  ...fresh.environment('diagnostics'),
  DATABASE_BREAKER_OPEN_MS: '1000',
  DATABASE_BREAKER_RAMP_STEP_MS: '100',
});
const isReplica = (port: number) => servers.replicas.some((replica) => replica.port === port);
/** Until the pool reads from every replica. */
const untilAllServe = async (database: OpenDatabase['database']) => {
  const ports = new Set<number>();
  await waitFor(
    async () => {
      ports.add(await readPort(database));
      return servers.replicas.every(({ port }) => ports.has(port ?? 0));
    },
    { timeoutMs: 20_000, what: 'not every replica was read from' },
  );
};

beforeAll(async () => {
  servers = await startPostgres({ replicas: 2 });
  fresh = await testDatabase({ cluster: servers });
}, 60_000);
beforeEach(async () => {
  open = await openDatabase(environment());
});
afterEach(async () => {
  await open.close();
  await servers.start();
}, 60_000);
afterAll(() => servers.destroy());

test('one of two replicas is killed: no read fails, none waits for a second, writes do not notice; it comes back and is used', async () => {
  const { database, log } = open;
  await untilAllServe(database);
  const reading = readOn(database);
  const writing = writeOn(database);
  await waitFor(() => reading.seen.succeeded > 100);
  reading.begin();
  await servers.replica.kill();
  const atTheKill = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > atTheKill + 500);
  const [reads, writes] = await Promise.all([reading.stop(), writing.stop()]);
  expect(reads.failures).toEqual([]);
  expect(reads.gapMs).toBeLessThan(1000);
  expect(reads.slowestMs).toBeLessThan(1000);
  expect(writes.failures).toEqual([]);
  expect(await readPort(database)).toBe(servers.replicas[1]?.port);
  expect(await database.health()).toEqual({ primary: true, reads: true });
  expect(log).toContainEqual(expect.objectContaining({ msg: 'database node is down', node: 'replica' }));

  await servers.replica.start();
  await untilAllServe(database);
  expect(log).toContainEqual(expect.objectContaining({ msg: 'database node is up', node: 'replica' }));
}, 60_000);

test('both replicas are killed: reads go to the primary, and back when they are there again', async () => {
  const { database } = open;
  await untilAllServe(database);
  const reading = readOn(database);
  await waitFor(() => reading.seen.succeeded > 100);
  reading.begin();
  await Promise.all(servers.replicas.map((replica) => replica.kill()));
  const atTheKill = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > atTheKill + 300);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(seen.gapMs).toBeLessThan(1000);
  expect(await readPort(database)).toBe(servers.primary.port);
  await servers.start();
  await untilAllServe(database);
}, 60_000);

test('the primary is killed: reads go on, writes are 503 at once; it comes back and takes writes within 5 s', async () => {
  const { database } = open;
  await write(database);
  const reading = readOn(database);
  await waitFor(() => reading.seen.succeeded > 100);
  reading.begin();
  await servers.primary.kill();
  await waitFor(() =>
    write(database).then(
      () => false,
      () => true,
    ),
  ); // the connection it has may have to be lost first
  const started = performance.now();
  for (let attempt = 0; attempt < 20; attempt += 1)
    await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  expect(performance.now() - started).toBeLessThan(1000);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(seen.gapMs).toBeLessThan(1000);
  expect(isReplica(await readPort(database))).toBe(true);
  expect(await database.health()).toEqual({ primary: false, reads: true });

  await servers.primary.start();
  await waitFor(() => write(database), { timeoutMs: 5000 });
}, 60_000);

test('backends are ended by the operator: reads do not notice, later writes succeed', async () => {
  const { database } = open;
  const reading = readOn(database);
  for (let round = 0; round < 5; round += 1) {
    const before = reading.seen.succeeded;
    for (const replica of servers.replicas)
      await replica.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'techze_diagnostics'`,
      );
    await waitFor(() => reading.seen.succeeded > before + 50);
  }
  expect((await reading.stop()).failures).toEqual([]);
  await servers.primary.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'techze_diagnostics'`,
  );
  await waitFor(() => write(database), { timeoutMs: 2000 });
}, 60_000);

test('everything is down: reads and writes are 503 at once, and both resume', async () => {
  const { database } = open;
  await Promise.all(servers.nodes.map((node) => node.kill()));
  await waitFor(async () => (await database.health()).reads === false);
  const started = performance.now();
  await expect(readPort(database)).rejects.toEqual(unavailable);
  await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  expect(performance.now() - started).toBeLessThan(1000);
  expect(await database.health()).toEqual({ primary: false, reads: false });
  await servers.start();
  await readPort(database); // the very first one: who knows of no node that is well looks again
  await waitFor(() => write(database), { timeoutMs: 5000 });
  await untilAllServe(database);
}, 60_000);

test('a process starts while the primary is down: reads at once, and writes when it comes', async () => {
  await servers.primary.kill();
  const late = await openDatabase(environment());
  expect(isReplica(await readPort(late.database))).toBe(true);
  await expect(write(late.database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  await servers.primary.start();
  await waitFor(() => write(late.database), { timeoutMs: 5000 });
  await late.close();
}, 60_000);
