import { readFile } from 'node:fs/promises';
import { isLater } from '@techze/observability';
import {
  startPostgres,
  testDatabase,
  waitFor,
  type PostgresCluster,
  type PostgresNode,
  type TestDatabase,
} from '@techze/testing';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { readOn, readPort, TENANT, write, writeOn } from './support/traffic.js';

/** One story, in order: the primary is lost, a replica is promoted, the old primary comes back, wrongly and rightly. */
let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;
let first: PostgresNode;
let second: PostgresNode;

beforeAll(async () => {
  servers = await startPostgres({ replicas: 2 });
  fresh = await testDatabase({ cluster: servers });
  open = await openDatabase(environment());
}, 60_000);
afterAll(async () => {
  await open.close();
  await servers.destroy();
}, 60_000);

function environment() {
  return {
    ...fresh.environment('diagnostics'),
    DATABASE_BREAKER_OPEN_MS: '60000',
    DATABASE_BREAKER_RAMP_STEP_MS: '100',
  };
}

test('the primary is lost: writes are 503 within 5 s, resume within 5 s of a promotion, and lose only what replication had not passed on', async () => {
  const { database, log } = open;
  const reading = readOn(database, 4);
  const writing = writeOn(database);
  await waitFor(() => writing.seen.acknowledged.length > 200);
  reading.begin();
  await servers.primary.kill();
  const lostAt = performance.now();
  await waitFor(() => writing.seen.failures.length > 20, { timeoutMs: 5000 });

  // Of the two the one that has more: the other can follow it.
  const [one, other] = servers.replicas as [PostgresNode, PostgresNode];
  [first, second] = isLater(await received(other), await received(one)) ? [other, one] : [one, other];
  const promotion = first.promote();
  const startedAt = performance.now();
  await promotion;
  const promotedAt = performance.now();
  const resumed = await waitFor(() => writing.seen.acknowledged.find(({ at }) => at > startedAt), {
    timeoutMs: 10_000,
  });
  expect(resumed.at - promotedAt).toBeLessThan(5000);
  await servers.follow(second, first);
  const before = writing.seen.acknowledged.length;
  await waitFor(() => writing.seen.acknowledged.length > before + 200);
  const [reads, writes] = await Promise.all([reading.stop(), writing.stop()]);

  expect(reads.failures).toEqual([]);
  expect(reads.gapMs).toBeLessThan(1000);
  const slow = writes.failures.filter(({ ms }) => ms > 5000);
  expect(slow).toEqual([]);
  const codes = new Set(writes.failures.map(({ code }) => code));
  for (const code of codes) expect(['service-unavailable', 'circuit-breaker-open', 'outcome-unknown']).toContain(code);
  // Every write that was acknowledged is there once (its id is the key), but for those behind the end of the old timeline.
  const end = await endOfOldTimeline(first);
  const stored = await idsOn(first);
  const missing = writes.acknowledged.filter(({ id }) => !stored.has(id));
  expect(missing.filter(({ at, lsn }) => at > startedAt || !isLater(lsn, end))).toEqual([]);
  // What was refused was not done; of what has an unknown outcome nobody can tell.
  const refused = writes.failures.filter(({ code }) => code !== 'outcome-unknown');
  expect(refused.filter(({ id, at }) => at > lostAt && stored.has(id))).toEqual([]);
  expect(log).toContainEqual(expect.objectContaining({ msg: 'database primary changed', to: first.id }));
  expect(
    database.pool
      .view()
      .nodes.filter(({ is_primary }) => is_primary)
      .map(({ id }) => id),
  ).toEqual([first.id]);
}, 120_000);

test('reads go to the replica that follows the new primary', async () => {
  await waitFor(async () => (await readPort(open.database)) === second.port, { timeoutMs: 10_000 });
}, 60_000);

test('the old primary comes back read-write on its old timeline: it gets no write and no read, and the log says so', async () => {
  const { database, log } = open;
  const writing = writeOn(database);
  const reading = readOn(database, 2);
  await servers.primary.start();
  expect(await servers.primary.query('select pg_is_in_recovery() as standby')).toEqual([{ standby: false }]);
  const before = await idsOn(servers.primary);
  await waitFor(() => log.some((line) => line.level === 'error' && line.node === 'primary'), { timeoutMs: 5000 });
  const acknowledged = writing.seen.acknowledged.length;
  await waitFor(() => writing.seen.acknowledged.length > acknowledged + 200);
  const [writes, reads] = [await writing.stop(), await reading.stop()];
  expect(writes.failures).toEqual([]);
  expect(reads.failures).toEqual([]);
  expect(reads.byPort.has(servers.primary.port ?? 0)).toBe(false);
  expect(await idsOn(servers.primary)).toEqual(before);
  const stored = await idsOn(first);
  expect(writes.acknowledged.filter(({ id }) => !stored.has(id))).toEqual([]);
}, 60_000);

test('a replica that follows the superseded primary, and is further than the new one, is not read from', async () => {
  const { database, log } = open;
  await servers.rejoin(second, servers.primary);
  await servers.primary.query('create table never_true as select generate_series(1, 100000)');
  await waitFor(() => log.some((line) => line.level === 'error' && line.node === second.id), { timeoutMs: 10_000 });
  database.pool.resetBreaker(second.id); // where it was away for long enough to be let alone for a minute
  for (let time = 0; time < 100; time += 1) expect(await readPort(database)).toBe(first.port);
  await servers.rejoin(second, first);
  database.pool.resetBreaker(second.id);
  await waitFor(async () => (await readPort(database)) === second.port, { timeoutMs: 20_000 });
}, 60_000);

test('a process that starts during that writes to the new primary, whatever its configuration says', async () => {
  const late = await openDatabase(environment());
  const id = await write(late.database);
  expect(await idsOn(first)).toContain(id);
  await late.close();
}, 60_000);

test('the new primary goes while the superseded one is there: writes are 503 rather than lost', async () => {
  const { database } = open;
  await first.kill();
  await waitFor(() =>
    write(database).then(
      () => false,
      () => true,
    ),
  );
  const before = await idsOn(servers.primary);
  for (let attempt = 0; attempt < 20; attempt += 1)
    await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  expect(await idsOn(servers.primary)).toEqual(before);
  await first.start();
  await waitFor(() => write(database), { timeoutMs: 5000 });
}, 60_000);

test('the old primary comes back as a standby of the new one: it serves reads, and no write was ever sent to a standby', async () => {
  const { database } = open;
  const writing = writeOn(database);
  await servers.rejoin(servers.primary, first);
  database.pool.resetBreaker('primary'); // it rests for a minute otherwise
  await waitFor(async () => (await readPort(database)) === servers.primary.port, { timeoutMs: 20_000 });
  const { acknowledged, failures } = await writing.stop();
  expect(failures).toEqual([]);
  await servers.untilReplicated();
  const stored = await idsOn(servers.primary);
  expect(acknowledged.filter(({ id }) => !stored.has(id))).toEqual([]);
  for (const node of servers.nodes)
    expect(await readFile(`${node.dataDir}.log`, 'utf8')).not.toMatch(/read-only transaction/);
}, 60_000);

/** How much of the old primary's log a standby holds. */
async function received(node: PostgresNode): Promise<string> {
  const [row] = await node.query<{ lsn: string }>('select pg_last_wal_receive_lsn()::text as lsn');
  return row?.lsn ?? '0/0';
}

/** Where the timeline ended that a promoted node left. */
async function endOfOldTimeline(node: PostgresNode): Promise<string> {
  const history = await readFile(`${node.dataDir}/pg_wal/00000002.history`, 'utf8');
  return history.split('\t')[1] ?? '';
}

/** Every row that is there, read past the pool. */
async function idsOn(node: PostgresNode): Promise<ReadonlySet<string>> {
  return node.withClient(async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from devices where tenant_id = $1', [TENANT]);
    return new Set(rows.map(({ id }) => id));
  }, fresh.name);
}
