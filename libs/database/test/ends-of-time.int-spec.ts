import { CommitMark } from '@techze/observability';
import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import type { ClusterNode } from '../src/cluster/cluster-node.js';
import type { Lease } from '../src/cluster/lease.js';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { TENANT, unavailable } from './support/traffic.js';

/** What is told, and what is done, where a transaction or its time ends. */
let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  nodes = await proxiedNodes(fresh);
});
beforeEach(async () => {
  open = await openDatabase({ ...nodes.environment, DATABASE_MAX_CONNECTIONS_PER_NODE: '1' });
});
afterEach(async () => {
  nodes.heal();
  await open.close();
});
afterAll(async () => {
  await nodes.close();
  await fresh.drop();
});

const add = 'insert into devices (tenant_id, id) values ($1, $2)';
const found = (id: string) =>
  acting(
    admin(TENANT),
    () => open.database.read((manager) => manager.query('select id from devices where id = $1', [id])),
    {
      readPrimary: true,
    },
  );
const clusterNodes = () => Reflect.get(open.cluster, 'nodes') as ClusterNode[];

test('a transaction that got over a deadlock is not done again when the answer to its COMMIT is lost', async () => {
  let runs = 0;
  const write = acting(admin(TENANT), () =>
    open.database.write(async (manager) => {
      runs += 1;
      await manager
        .transaction((inner) => inner.query(`do $$ begin raise exception 'x' using errcode = '40P01'; end $$`))
        .catch(() => undefined);
      await manager.query(add, [TENANT, `dev_run_${runs}`]);
      if (runs > 1) return;
      nodes.primary.blockAnswers();
      setTimeout(() => nodes.primary.hangUp(), 200);
    }),
  );
  await expect(write).rejects.toMatchObject({ code: 'outcome-unknown' });
  expect(runs).toBe(1);
});

test('a connection that is lost before COMMIT is sent leaves no doubt: nothing was done', async () => {
  const commits = new CommitMark();
  const write = acting(
    admin(TENANT),
    () =>
      open.database.write(async (manager) => {
        await manager.query(add, [TENANT, 'dev_lost']);
        const [lease] = Reflect.get(clusterNodes()[0]?.connections as object, 'leases') as Set<Lease>;
        nodes.primary.drop();
        await waitFor(() => lease?.fault !== undefined);
      }),
    { commits },
  );
  await expect(write).rejects.toEqual(unavailable);
  expect(commits.lsn).toBeUndefined();
  expect(await waitFor(async () => [await found('dev_lost')])).toEqual([[]]);
});

test('a write that reaches a node that takes none is a 503', async () => {
  const [primary, replica] = clusterNodes();
  Reflect.set(open.cluster, 'primary', replica);
  const write = acting(admin(TENANT), () => open.database.write((manager) => manager.query(add, [TENANT, 'dev_1'])));
  await expect(write).rejects.toEqual(unavailable);
  Reflect.set(open.cluster, 'primary', primary);
});

test('what a request has left is what the server is told, also late in a transaction', async () => {
  const LIMIT = `select setting::int as ms from pg_settings where name = 'statement_timeout'`;
  const deadline = Date.now() + 2000;
  const limits = await acting(
    admin(TENANT),
    () =>
      open.database.write(async (manager) => {
        const first = await manager.query<{ ms: number }[]>(LIMIT);
        await waitFor(() => Date.now() > deadline - 1000);
        return [...first, ...(await manager.query<{ ms: number }[]>(LIMIT))].map(({ ms }) => ms);
      }),
    { deadline },
  );
  expect(limits[0]).toBeGreaterThan(1500);
  expect(limits[1]).toBeLessThanOrEqual(1000);
});

test('a read that waited for a connection has only the rest of its time', async () => {
  const held = clusterNodes().map((node) => node.connections.acquire('read', 1000, 1000));
  const leases = await Promise.all(held);
  const started = performance.now();
  const read = acting(admin(TENANT), () => open.database.read((manager) => manager.query('select pg_sleep(10)')), {
    deadline: Date.now() + 1500,
  });
  setTimeout(() => leases.forEach((lease) => lease.release()), 600);
  await expect(read).rejects.toMatchObject({ code: 'deadline-exceeded' });
  expect(performance.now() - started).toBeLessThan(1900);
});

test('what cannot be sent is its own fault, and no answer of the node', async () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const statements = () => open.database.pool.view().nodes.map(({ totals }) => totals.statements);
  const before = statements();
  await expect(open.database.read((manager) => manager.query('select $1::json', [circular]))).rejects.toThrow(
    'circular',
  );
  expect(statements()).toEqual(before);
  expect(await open.database.read((manager) => manager.query('select $1::json as value', [{}]))).toEqual([
    { value: {} },
  ]);
});

test('what PostgreSQL cannot do is told as that, however often it is asked', async () => {
  for (let run = 0; run < 5; run += 1)
    await expect(
      open.database.read((manager) => manager.query('select distinct id from devices for update')),
    ).rejects.toMatchObject({ code: '0A000' });
});
