import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { TENANT, write } from './support/traffic.js';

/** Callers that wait for a node do not all fall upon it when it comes back. */
const CALLERS = 100;
const MAX = 20;

let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  nodes = await proxiedNodes(fresh);
});
beforeEach(async () => {
  open = await openDatabase({
    ...nodes.environment,
    DATABASE_MAX_CONNECTIONS_PER_NODE: String(MAX),
    DATABASE_BREAKER_OPEN_MS: '300',
    DATABASE_BREAKER_RAMP_STEP_MS: '1000',
  });
});
afterEach(async () => {
  nodes.heal();
  await open.close();
});
afterAll(async () => {
  await nodes.close();
  await fresh.drop();
});

const node = (id: string) => {
  const found = open.database.pool.view().nodes.find((each) => each.id === id);
  if (!found) throw new Error('no such node');
  return found;
};

test('a replica that comes back under the load of a hundred readers is met by a few connections, not by all', async () => {
  const [proxy] = nodes.replicas;
  let goOn = true;
  const failures: unknown[] = [];
  // Too slow to share a connection: each of them wants one for itself.
  const readers = Array.from({ length: CALLERS }, async () => {
    while (goOn)
      await acting(admin(TENANT), () => open.database.read((manager) => manager.query('select pg_sleep(0.02)'))).catch(
        (error: unknown) => failures.push(error),
      );
  });
  await waitFor(() => node('replica').active > 5);
  proxy.refuse();
  await waitFor(() => node('replica').breaker === 'open');
  proxy.accept();
  const before = proxy.accepted;
  await waitFor(() => node('replica').breaker === 'half_open' && node('replica').reachable, { everyMs: 2 });
  let firstStep = 0;
  await waitFor(
    () => {
      if (node('replica').weight_now > 0.1) return true;
      firstStep = proxy.accepted - before;
      return false;
    },
    { everyMs: 2 },
  );
  await waitFor(() => node('replica').breaker === 'closed');
  goOn = false;
  await Promise.all(readers);
  expect(failures).toEqual([]);
  expect(firstStep).toBeLessThanOrEqual(6);
  expect(proxy.accepted - before).toBeLessThanOrEqual(MAX + 5);
}, 60_000);

test('a primary that comes back is met by no more connections than one process may have, and every write that waits is told', async () => {
  await write(open.database);
  nodes.primary.refuse();
  await waitFor(() => !node('primary').reachable);
  const refused = await Promise.allSettled(Array.from({ length: CALLERS }, () => write(open.database)));
  expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
  const before = nodes.primary.accepted;
  nodes.primary.accept();
  await waitFor(() => node('primary').is_primary && node('primary').reachable);
  await Promise.all(Array.from({ length: CALLERS }, () => write(open.database)));
  expect(nodes.primary.accepted - before).toBeLessThanOrEqual(MAX + 1); // and the probe
}, 60_000);
