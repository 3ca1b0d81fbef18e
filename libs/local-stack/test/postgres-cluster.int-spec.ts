import { createServer } from 'node:net';
import { startPostgres, type PostgresCluster } from '@techze/testing';
import { PostgresCluster as Cluster } from '@techze/local-stack';
import { Client } from 'pg';

let cluster: PostgresCluster;
beforeAll(async () => (cluster = await startPostgres()));
afterAll(() => cluster.destroy());

const rows = (node: 'primary' | 'replica') => cluster[node].query<{ n: string }>('select n from kept');

test('the replica streams, serves reads and refuses writes; pg_stat_statements is loaded', async () => {
  await cluster.primary.query('create table kept as select 1 as n');
  await cluster.untilReplicated();
  expect(await rows('replica')).toEqual([{ n: 1 }]);
  await expect(cluster.replica.query('delete from kept')).rejects.toMatchObject({ code: '25006' });
  expect(await cluster.replica.query('show shared_preload_libraries')).toEqual([
    { shared_preload_libraries: 'pg_stat_statements' },
  ]);
});

test('it listens on loopback only and asks for a password', async () => {
  expect(await cluster.primary.query('show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  const hba = await cluster.primary.query<{ auth_method: string }>(
    'select distinct auth_method from pg_hba_file_rules',
  );
  expect(hba).toEqual([{ auth_method: 'scram-sha-256' }]);
});

test('data, port and replication survive a kill -9 of the primary', async () => {
  const { port } = cluster.primary;
  await cluster.primary.kill();
  expect(cluster.primary.isRunning).toBe(false);
  expect(await rows('replica')).toEqual([{ n: 1 }]);
  await cluster.start();
  expect(cluster.primary.port).toBe(port);
  await cluster.primary.query('update kept set n = 2');
  await cluster.untilReplicated();
  expect(await rows('replica')).toEqual([{ n: 2 }]);
});

test('another process takes over a running cluster by its folder', async () => {
  const pids = cluster.nodes.map((node) => node.pid);
  const other = await Cluster.create({ folder: cluster.folder });
  await other.start();
  expect(other.nodes.map((node) => node.pid)).toEqual(pids);
  expect(other.primary.url()).toBe(cluster.primary.url());
});

test('a node whose port was taken meanwhile gets another, and the replica follows it there', async () => {
  await cluster.stop();
  const taker = createServer().listen(cluster.primary.port, '127.0.0.1');
  const before = cluster.primary.port;
  await cluster.start();
  expect(cluster.primary.port).not.toBe(before);
  await cluster.primary.query('update kept set n = 3');
  await cluster.untilReplicated();
  expect(await rows('replica')).toEqual([{ n: 3 }]);
  await new Promise((resolve) => taker.close(resolve));
});

test('a replica that was promoted is made anew at the next start', async () => {
  await cluster.replica.promote();
  await cluster.replica.query('delete from kept');
  await cluster.stop();
  await cluster.start();
  await cluster.untilReplicated();
  expect(await rows('replica')).toEqual([{ n: 3 }]);
});

describe('with two replicas', () => {
  let trio: PostgresCluster;
  beforeAll(async () => (trio = await startPostgres({ replicas: 2, settings: { max_connections: 40 } })), 60_000);
  afterAll(() => trio.destroy());

  const standbys = async () =>
    (await Promise.all(trio.nodes.map((node) => node.query<{ s: boolean }>('select pg_is_in_recovery() as s')))).map(
      ([row]) => row?.s,
    );

  test('both stream, settings hold on all, and another process finds both by the folder', async () => {
    expect(trio.nodes.map(({ id }) => id)).toEqual(['primary', 'replica', 'replica-2']);
    expect(await standbys()).toEqual([false, true, true]);
    await trio.primary.query('create table kept as select 1 as n');
    await trio.untilReplicated();
    for (const node of trio.nodes) {
      expect(await node.query('select n from kept')).toEqual([{ n: 1 }]);
      expect(await node.query('show max_connections')).toEqual([{ max_connections: '40' }]);
    }
    const other = await Cluster.create({ folder: trio.folder });
    expect(other.nodes.map(({ pid }) => pid)).toEqual(trio.nodes.map(({ pid }) => pid));
  });

  test('a frozen node hangs: it accepts and does not answer, and goes on when it is thawed', async () => {
    const [, second] = trio.replicas;
    if (!second) throw new Error('no second replica');
    await second.withClient(async (client) => {
      second.freeze();
      const answer = client.query('select n from kept');
      const first = await Promise.race([
        answer.then(() => 'answer'),
        trio.replica.query('select 1').then(() => 'other'),
      ]);
      expect(first).toBe('other');
      const another = new Client({ connectionString: second.url(), connectionTimeoutMillis: 300 });
      await expect(another.connect()).rejects.toThrow('timeout');
      second.thaw();
      expect((await answer).rows).toEqual([{ n: 1 }]);
    });
  });

  test('a replica takes over: the other follows it, and the lost primary returns as a standby of it', async () => {
    const [first, second] = trio.replicas;
    if (!first || !second) throw new Error('no two replicas');
    await trio.primary.kill();
    await first.promote();
    await trio.follow(second, first);
    await first.query('update kept set n = 2');
    await trio.rejoin(trio.primary, first);
    await trio.untilReplicated();
    expect(await standbys()).toEqual([true, false, true]);
    for (const node of trio.nodes) expect(await node.query('select n from kept')).toEqual([{ n: 2 }]);
  }, 60_000);
});
