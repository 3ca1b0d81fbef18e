import { Problem } from '@techze/contracts';
import { sharedCluster, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import type { ClusterNode } from '../src/cluster/cluster-node.js';
import type { NodeClient } from '../src/cluster/node-client.js';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { write } from './support/traffic.js';

let servers: PostgresCluster;
let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await sharedCluster();
  fresh = await testDatabase();
  nodes = await proxiedNodes(fresh);
});
afterEach(async () => {
  nodes.heal();
  await open.close();
});
afterAll(async () => {
  await nodes.close();
  await fresh.drop();
});

const primary = () => (Reflect.get(open.cluster, 'nodes') as ClusterNode[])[0] as ClusterNode;
const sessions = () =>
  servers.primary.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = $1 and usename = 'techze_diagnostics'`,
    [fresh.name],
  );
const PROBE = 1;

test('one that is made in advance is one of those there may be: never a second where one is allowed', async () => {
  open = await openDatabase({ ...nodes.environment, DATABASE_MAX_CONNECTIONS_PER_NODE: '1' });
  const before = nodes.primary.accepted;
  nodes.primary.delay(100);
  await waitFor(() => nodes.primary.accepted > before);
  await write(open.database);
  expect(nodes.primary.accepted).toBe(before + 1);
});

test('a lease that is given back twice is given back once, and takes no statement any more', async () => {
  open = await openDatabase({ ...nodes.environment, DATABASE_MAX_CONNECTIONS_PER_NODE: '2' });
  const lease = await primary().connections.acquire('write', 1000, 1000);
  const select = open.cluster.statements.of('select');
  await lease.query(select, [], [], 1000);
  lease.release();
  lease.release();
  await expect(lease.query(select, [], [], 1000)).rejects.toThrow('given back');
  const both = await Promise.all([1, 2].map(() => primary().connections.acquire('write', 1000, 1000)));
  await expect(primary().connections.acquire('write', 10, 1000)).rejects.toEqual(new Problem('pool-exhausted'));
  const pids = await Promise.all(
    both.map(async (each) => {
      const { rows } = await each.query(open.cluster.statements.of('select pg_backend_pid() as pid'), [], [], 1000);
      return (rows as { pid: number }[])[0]?.pid;
    }),
  );
  expect(new Set(pids).size).toBe(2);
  both.forEach((each) => each.release());
});

test('a lease that is given back before its statement is answered is not lent with what that may have begun', async () => {
  open = await openDatabase({ ...nodes.environment, DATABASE_MAX_CONNECTIONS_PER_NODE: '1' });
  const of = (text: string) => open.cluster.statements.of(text);
  const lease = await primary().connections.acquire('write', 1000, 1000);
  const begun = lease.query(of('start transaction'), [], [], 1000);
  lease.release();
  const next = await primary().connections.acquire('write', 1000, 1000);
  await begun;
  await next.query(of('select'), [], [], 1000);
  expect((Reflect.get(next, 'client') as NodeClient).getTransactionStatus()).toBe('I');
  next.release();
});

test('a database that was closed may be closed again, and leaves no session behind whatever is asked of it', async () => {
  open = await openDatabase(nodes.environment);
  await write(open.database);
  await open.close();
  expect(await open.database.health()).toEqual({ primary: expect.any(Boolean), reads: expect.any(Boolean) });
  await expect(primary().connections.acquire('write', 1000, 1000)).rejects.toThrow('no connection');
  await open.close();
  await waitFor(async () => (await sessions()).length === 0);
});

test('where flows have ended unseen, a write tries one of them and not each', async () => {
  open = await openDatabase({ ...nodes.environment, DATABASE_MIN_CONNECTIONS_PER_NODE: '10' });
  await waitFor(async () => (await sessions()).length === 10 + PROBE);
  // As if they had rested for long, behind a firewall that has forgotten them since.
  const resting = Reflect.get(primary().connections, 'pool') as { members: Map<unknown, { restingSince: number }> };
  for (const member of resting.members.values()) member.restingSince -= 60_000;
  nodes.primary.forget();
  const started = performance.now();
  await waitFor(() => write(open.database), { timeoutMs: 10_000 });
  expect(performance.now() - started).toBeLessThan(2000); // each is given a second
});
