import { CommitMark } from '@techze/observability';
import { startPostgres, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { readOn, readPort, TENANT, write, writeOn } from './support/traffic.js';

const MAX_LAG_MS = 1000;
/** A probe is due every half second, and may be late. */
const NOTICED_MS = 1500;

let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await startPostgres({ replicas: 2 });
  fresh = await testDatabase({ cluster: servers });
  open = await openDatabase({
    ...fresh.environment('diagnostics'),
    DATABASE_MAX_REPLICA_LAG_MS: String(MAX_LAG_MS),
  });
}, 60_000);
afterAll(async () => {
  await open.close();
  await servers.destroy();
}, 60_000);
afterEach(async () => {
  if (servers.primary.isRunning) await servers.replica.query('select pg_wal_replay_resume()');
});
/** Each test begins with both replicas in use. */
beforeEach(async () => {
  await untilUsed(servers.replica.port);
  await untilUsed(servers.replicas[1]?.port);
}, 60_000);

const untilUsed = (port: number | undefined) =>
  waitFor(async () => (await readPort(open.database)) === port, { timeoutMs: 10_000, everyMs: 1 });

/** Since when the replica was not read from. @returns the time of the last read there */
async function untilOutOfRotation(): Promise<number> {
  let last = performance.now();
  let others = 0;
  await waitFor(
    async () => {
      if ((await readPort(open.database)) !== servers.replica.port) return (others += 1) > 50;
      last = performance.now();
      others = 0;
      return false;
    },
    { timeoutMs: 20_000, everyMs: 1, what: 'the replica stayed in the rotation' },
  );
  return last;
}

const set = (name: string, value: string) =>
  servers.replica.withClient(async (client) => {
    await client.query(`alter system set ${name} = '${value}'`);
    await client.query('select pg_reload_conf()');
  });
const unset = (name: string) =>
  servers.replica.withClient(async (client) => {
    await client.query(`alter system reset ${name}`);
    await client.query('select pg_reload_conf()');
  });

test('a replica whose replay pauses is left out once it is too far behind, no read fails, and it is used again when it caught up', async () => {
  const writing = writeOn(open.database, 1);
  const reading = readOn(open.database, 2);
  await servers.replica.query('select pg_wal_replay_pause()');
  const pausedAt = performance.now();
  expect((await untilOutOfRotation()) - pausedAt).toBeLessThan(MAX_LAG_MS + NOTICED_MS);
  const view = open.database.pool.view().nodes.find(({ id }) => id === 'replica');
  expect(view?.lag_ms).toBeGreaterThan(MAX_LAG_MS);
  expect(view?.lag_bytes).toBeGreaterThan(0);
  await servers.replica.query('select pg_wal_replay_resume()');
  await untilUsed(servers.replica.port);
  expect((await writing.stop()).failures).toEqual([]);
  expect((await reading.stop()).failures).toEqual([]);
}, 60_000);

test('a replica that is told to apply later is left out as well', async () => {
  const writing = writeOn(open.database, 1);
  await set('recovery_min_apply_delay', '1min');
  await untilOutOfRotation();
  await unset('recovery_min_apply_delay');
  await untilUsed(servers.replica.port);
  await writing.stop();
}, 60_000);

test('an idle cluster is not behind: a replica that has all there is serves, however old that is', async () => {
  const started = performance.now();
  await waitFor(() => performance.now() - started > MAX_LAG_MS + 500);
  await untilUsed(servers.replica.port);
}, 60_000);

test('a session sees what it wrote, whichever replica is behind', async () => {
  const principal = admin(TENANT);
  await servers.replica.query('select pg_wal_replay_pause()');
  for (let time = 0; time < 40; time += 1) {
    const commits = new CommitMark();
    const id = `own_${time}`;
    const rows = await acting(
      principal,
      async () => {
        await open.database.write((manager) =>
          manager.query('insert into devices (tenant_id, id) values ($1, $2)', [TENANT, id]),
        );
        return open.database.read((manager) => manager.query<object[]>('select id from devices where id = $1', [id]));
      },
      { commits },
    );
    expect(rows).toEqual([{ id }]);
  }
}, 60_000);

test('a standby that no longer streams is left out before it is too far behind, and used again when it streams', async () => {
  await set('primary_conninfo', '');
  const brokenAt = performance.now();
  expect((await untilOutOfRotation()) - brokenAt).toBeLessThan(NOTICED_MS);
  await write(open.database);
  await unset('primary_conninfo');
  await untilUsed(servers.replica.port);
}, 60_000);

test('no standby streams because the primary is gone: both go on to serve reads', async () => {
  await servers.primary.kill();
  const reading = readOn(open.database, 2);
  await waitFor(async () => !(await open.database.health()).primary);
  const { byPort } = reading.seen;
  byPort.clear();
  await waitFor(() => servers.replicas.every(({ port }) => (byPort.get(port ?? 0) ?? 0) > 20));
  expect((await reading.stop()).failures).toEqual([]);
  await servers.primary.start();
  await waitFor(() => write(open.database), { timeoutMs: 10_000 });
}, 60_000);
