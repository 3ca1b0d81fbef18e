import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { Client } from 'pg';
import type { ClusterNode } from '../src/cluster/cluster-node.js';
import type { SharedConnections } from '../src/cluster/shared-connections.js';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { TENANT } from './support/traffic.js';

let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
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

/** The primary, and as many replicas. The last node of them has all reads. */
async function start(replicas: 0 | 1, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  const all = JSON.parse(nodes.environment.DATABASE_NODES ?? '') as unknown[];
  const some = JSON.stringify(all.slice(0, 1 + replicas));
  open = await openDatabase({ ...nodes.environment, DATABASE_NODES: some, ...changes });
}

const clusterNode = () => (Reflect.get(open.cluster, 'nodes') as ClusterNode[]).at(-1) as ClusterNode;
const shared = () => Reflect.get(clusterNode().connections, 'shared') as SharedConnections;

const SLEEP = 'select $1::float8 as slept from pg_sleep($1::float8)';
const sleep = (seconds: number) =>
  acting(admin(TENANT), () => open.database.read((manager) => manager.query(SLEEP, [seconds])));
/** Until the next run of it shares a connection with others. */
const untilShared = () =>
  waitFor(async () => {
    await sleep(0);
    return open.cluster.statements.of(SLEEP).isQuick && shared().pick() !== undefined;
  });

/** A write that holds its connection until it is let go. */
function hold(): { readonly begun: () => boolean; readonly free: () => Promise<unknown> } {
  let finish: (() => void) | undefined;
  const held = open.database.write(async (manager) => {
    await manager.query('select 1');
    await new Promise<void>((resolve) => (finish = resolve));
  });
  return {
    begun: () => finish !== undefined,
    free: () => {
      finish?.();
      return held;
    },
  };
}

test('quick reads come to share a connection also where all are taken and others wait for one', async () => {
  await start(0, { DATABASE_MAX_CONNECTIONS_PER_NODE: '2' });
  await untilShared();
  clusterNode().connections.retire();
  await waitFor(() => shared().size === 0);
  const first = hold();
  const second = hold();
  await waitFor(() => first.begun() && second.begun());
  const third = hold();
  const read = sleep(0);
  await waitFor(() => clusterNode().connections.counts().waiting >= 2);
  await first.free();
  await waitFor(() => shared().size === 1);
  expect(third.begun()).toBe(false);
  await second.free();
  await waitFor(() => third.begun());
  await third.free();
  expect(await read).toEqual([{ slept: 0 }]);
  expect(clusterNode().connections.counts()).toMatchObject({ active: 0, waiting: 0 });
});

test('reads on a connection that is on its way out are done elsewhere when its server falls silent', async () => {
  await start(1);
  await untilShared();
  const reads = [sleep(0.3), sleep(0.3)];
  await waitFor(() => shared().inFlight === 2);
  const started = performance.now();
  clusterNode().connections.retire();
  nodes.replicas[0].block();
  expect(await Promise.all(reads)).toEqual([[{ slept: 0.3 }], [{ slept: 0.3 }]]);
  expect(performance.now() - started).toBeLessThan(3000);
  await waitFor(() => shared().size === 0);
});

test('reads on a connection that is on its way out are done again when it is closed before they are answered', async () => {
  await start(1);
  await untilShared();
  const reads = [sleep(0.3), sleep(0.3), sleep(0.3)];
  await waitFor(() => shared().inFlight === 3);
  clusterNode().connections.retire();
  nodes.replicas[0].hangUp();
  expect(await Promise.all(reads)).toEqual([[{ slept: 0.3 }], [{ slept: 0.3 }], [{ slept: 0.3 }]]);
});

test('who waits behind one that takes long is asked again elsewhere, and the slow one is answered all the same', async () => {
  await start(1);
  await untilShared();
  const before = clusterNode().breaker.state;
  const slow = sleep(2);
  const started = performance.now();
  const quick = Array.from({ length: 60 }, async () => {
    await sleep(0);
    return performance.now() - started;
  });
  const waits = await Promise.all(quick);
  expect(Math.max(...waits)).toBeLessThan(1500);
  expect(await slow).toEqual([{ slept: 2 }]);
  expect(performance.now() - started).toBeGreaterThan(1900);
  // Nobody takes it for a fault, and the connection is replaced.
  expect([before, clusterNode().breaker.state]).toEqual(['closed', 'closed']);
  expect(clusterNode().statistics.view().totals.statements).toMatchObject({ lost: 0, error: 0 });
  await untilShared();
}, 30_000);

test('behind a table that is locked nobody waits for longer than his own deadline, and half of it in the queue', async () => {
  await start(0, { DATABASE_MAX_CONNECTIONS_PER_NODE: '4' });
  const read = (deadlineMs: number) =>
    acting(admin(TENANT), () => open.database.read((manager) => manager.query('select count(*) from devices')), {
      deadline: Date.now() + deadlineMs,
    });
  for (let run = 0; run < 5; run += 1) await read(10_000);
  await untilShared();
  const operator = new Client({ connectionString: fresh.adminUrl() });
  await operator.connect();
  await operator.query('begin; lock table devices');
  const started = performance.now();
  const told = await Promise.all(
    Array.from({ length: 100 }, () =>
      read(2000).then(
        () => ({ code: 'read', ms: 0 }),
        ({ code }: { code: string }) => ({ code, ms: performance.now() - started }),
      ),
    ),
  );
  expect([...new Set(told.map(({ code }) => code))].sort()).toEqual(['deadline-exceeded', 'pool-exhausted']);
  expect(Math.max(...told.map(({ ms }) => ms))).toBeLessThan(3500);
  await operator.query('rollback');
  await operator.end();
  await read(10_000);
}, 30_000);
