import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { TENANT } from './support/traffic.js';

let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
  nodes = await proxiedNodes(fresh);
  open = await openDatabase(nodes.environment);
});
afterAll(async () => {
  await open.close();
  await nodes.close();
  await fresh.drop();
});

test('a read of many statements at once loses its node: every one of them is done elsewhere', async () => {
  const { database } = open;
  const active = () => Math.max(...database.pool.view().nodes.map((node) => node.active));
  const answers = await acting(admin(TENANT), () =>
    database.read(async (manager) => {
      const all = Array.from({ length: 12 }, (_, nth) =>
        manager.query<{ nth: number }[]>('select $1::int as nth, pg_sleep(0.5)', [nth]),
      );
      await waitFor(() => active() === 12);
      for (const proxy of nodes.replicas) proxy.drop();
      return Promise.all(all);
    }),
  );
  expect(answers.map(([row]) => row?.nth)).toEqual(Array.from({ length: 12 }, (_, nth) => nth));
});
