import { startPostgres, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { readPort, TENANT } from './support/traffic.js';

let servers: PostgresCluster;
let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await startPostgres({ replicas: 2 });
  fresh = await testDatabase({ cluster: servers });
  nodes = await proxiedNodes(fresh);
}, 60_000);
afterEach(async () => {
  nodes.heal();
  await open.close();
});
afterAll(async () => {
  await nodes.close();
  await servers.destroy();
});

/** Only probes make connections, so that each connection to a node that is down is one failure. */
async function openOnlyProbing(changes: Readonly<Record<string, string>>): Promise<OpenDatabase> {
  open = await openDatabase({
    ...nodes.environment,
    DATABASE_MIN_CONNECTIONS_PER_NODE: '0',
    DATABASE_SHARED_CONNECTIONS_PER_NODE: '0',
    ...changes,
  });
  return open;
}

const replica = () => {
  const found = open.database.pool.view().nodes.find(({ id }) => id === 'replica');
  if (!found) throw new Error('no such node');
  return found;
};
const changes = () =>
  open.log.flatMap(({ msg, node, state }) => (msg === 'circuit breaker changed' && node === 'replica' ? [state] : []));

/** Reads a number of times. @returns how many of them the replica that is tried here served */
async function readsOnReplica(times: number): Promise<number> {
  let served = 0;
  for (let time = 0; time < times; time += 1) if ((await readPort(open.database)) === servers.replica.port) served += 1;
  return served;
}

test('five failures in a row open it, four do not, and an answer in between begins the count anew', async () => {
  const [proxy] = nodes.replicas;
  proxy.refuse();
  const before = proxy.accepted;
  await openOnlyProbing({ DATABASE_BREAKER_OPEN_MS: '60000' });
  await waitFor(() => proxy.accepted - before === 4, { everyMs: 2 });
  proxy.accept();
  await waitFor(() => replica().reachable);
  expect(replica().breaker).toBe('closed');

  proxy.refuse();
  const again = proxy.accepted;
  await waitFor(
    () => {
      if (replica().breaker === 'open') return true;
      expect(proxy.accepted - again).toBeLessThanOrEqual(5);
      return false;
    },
    { everyMs: 2 },
  );
  expect(proxy.accepted - again).toBe(5);
  expect(changes()).toEqual(['open']);

  // The server is well again, and is let alone all the same.
  proxy.accept();
  await waitFor(() => replica().reachable);
  expect(replica()).toMatchObject({ breaker: 'open', weight_now: 0 });
  expect(await readsOnReplica(100)).toBe(0);

  expect(open.database.pool.resetBreaker('replica')).toBe(true);
  expect(replica()).toMatchObject({ breaker: 'closed', weight_now: 1 });
  expect(await readsOnReplica(100)).toBeGreaterThanOrEqual(40);
  expect(open.database.pool.resetBreaker('nobody')).toBe(false);
}, 60_000);

test('it comes back by 10, 25, 50 and 100 % of its share, counted on the servers', async () => {
  const [proxy] = nodes.replicas;
  await openOnlyProbing({ DATABASE_BREAKER_OPEN_MS: '300', DATABASE_BREAKER_RAMP_STEP_MS: '600' });
  proxy.refuse();
  await waitFor(() => replica().breaker === 'open');
  proxy.accept();
  await waitFor(() => replica().breaker === 'half_open' && replica().reachable, { everyMs: 2 });

  const counts = new Map<number, { all: number; here: number }>();
  // One look for both: between two it may have come back whole.
  for (let seen = replica(); seen.breaker === 'half_open' && seen.weight_now < 1; seen = replica()) {
    const share = seen.weight_now;
    const count = counts.get(share) ?? { all: 0, here: 0 };
    counts.set(share, count);
    for (let time = 0; time < 10; time += 1) {
      count.all += 1;
      if ((await readPort(open.database)) === servers.replica.port) count.here += 1;
    }
  }
  const full = (await readsOnReplica(400)) / 400;
  expect(full).toBeCloseTo(0.5, 1);
  expect([...counts.keys()]).toEqual([0.1, 0.25, 0.5]);
  for (const [share, { all, here }] of counts) {
    expect(here / all).toBeGreaterThan(0);
    // Of its fair half; so few reads of a step, on a slow machine, tell it only so well.
    const blur = (3 * Math.sqrt((share * full * (1 - share * full)) / all)) / full;
    expect(Math.abs(here / all / full - share)).toBeLessThan(Math.max(0.1, blur));
  }
  expect(changes()).toEqual(['open', 'half_open', 'closed']);
}, 60_000);

test('one failure on the way back opens it again', async () => {
  const [proxy] = nodes.replicas;
  await openOnlyProbing({ DATABASE_BREAKER_OPEN_MS: '300', DATABASE_BREAKER_RAMP_STEP_MS: '60000' });
  proxy.refuse();
  await waitFor(() => replica().breaker === 'open');
  proxy.accept();
  await waitFor(() => replica().breaker === 'half_open' && replica().reachable);
  const before = proxy.accepted;
  proxy.refuse();
  await waitFor(() => changes().length === 3, { everyMs: 2 });
  expect(proxy.accepted - before).toBe(1);
  expect(changes()).toEqual(['open', 'half_open', 'open']);
}, 60_000);

test("callers' faulty SQL never opens it, however much of it comes", async () => {
  await openOnlyProbing({});
  const faulty = ['selec', 'select 1/0', 'select password_hash from users', `select 'x'::int`];
  for (let time = 0; time < 40; time += 1) {
    const sql = faulty[time % faulty.length] ?? '';
    await expect(acting(admin(TENANT), () => open.database.read((manager) => manager.query(sql)))).rejects.toThrow();
  }
  expect(open.database.pool.view().nodes.map(({ breaker }) => breaker)).toEqual(['closed', 'closed', 'closed']);
  expect(await readsOnReplica(20)).toBeGreaterThan(5);
});
