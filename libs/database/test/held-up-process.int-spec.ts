import { testDatabase, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { TENANT } from './support/traffic.js';

/** The process itself does nothing for a while: collected garbage, a hash, a machine that was paused. */
let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  fresh = await testDatabase();
});
beforeEach(async () => {
  open = await openDatabase({ ...fresh.environment('diagnostics'), DATABASE_MIN_CONNECTIONS_PER_NODE: '0' });
});
afterEach(() => open.close());
afterAll(() => fresh.drop());

function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const reads = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, nth) =>
      acting(admin(TENANT), () =>
        open.database.read((manager) => manager.query<unknown[]>('select $1::int as nth', [nth])),
      ),
    ),
  );

test('for 3 s while it connects: every read is answered, no node is taken for down, no breaker counts it', async () => {
  const all = reads(30);
  holdUp(3_000);
  expect(await all).toEqual(Array.from({ length: 30 }, (_, nth) => [{ nth }]));
  for (const node of open.database.pool.view().nodes)
    expect(node).toMatchObject({ reachable: true, breaker: 'closed', last_error: null });
});
