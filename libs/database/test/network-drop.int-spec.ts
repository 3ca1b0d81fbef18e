import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { acting, admin, openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import { readOn, readPort, TENANT, unavailable, write, writeOn } from './support/traffic.js';

/** The servers are well; the way to them is not. */
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
    DATABASE_BREAKER_OPEN_MS: '500',
    DATABASE_BREAKER_RAMP_STEP_MS: '100',
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

const node = (id: string) => open.database.pool.view().nodes.find((each) => each.id === id);
const served = (id: string) => node(id)?.totals.statements.ok ?? 0;
/** Until reads are served by way of that node again. */
const untilUsed = async (id: string) => {
  const before = served(id);
  await waitFor(async () => (await readPort(open.database)) > 0 && served(id) > before, { timeoutMs: 20_000 });
};
const standby = (manager: { query<T>(sql: string): Promise<T> }) =>
  manager.query<{ standby: boolean }[]>('select pg_is_in_recovery() as standby');

test('the way to a replica is a black hole: reads under way are done elsewhere, later ones at once, and it is used again after', async () => {
  const [proxy] = nodes.replicas;
  const reading = readOn(open.database);
  await untilUsed('replica');
  reading.begin();
  proxy.block();
  const atTheBlock = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > atTheBlock + 300);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(seen.gapMs).toBeLessThan(1000);
  const before = served('replica');
  const started = performance.now();
  await readPort(open.database);
  expect(performance.now() - started).toBeLessThan(500);
  expect(served('replica')).toBe(before);
  proxy.unblock();
  await untilUsed('replica');
}, 60_000);

test('half-open: what is asked arrives, the answers do not: reads go elsewhere', async () => {
  const [proxy] = nodes.replicas;
  const reading = readOn(open.database);
  await untilUsed('replica');
  reading.begin();
  proxy.blockAnswers();
  const before = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > before + 300);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(seen.gapMs).toBeLessThan(1000);
}, 60_000);

test('all connections to the replicas are reset, time and again: no read fails', async () => {
  const reading = readOn(open.database);
  for (let round = 0; round < 5; round += 1) {
    const before = reading.seen.succeeded;
    for (const proxy of nodes.replicas) proxy.drop();
    await waitFor(() => reading.seen.succeeded > before + 100);
  }
  expect((await reading.stop()).failures).toEqual([]);
}, 60_000);

test('a long way is not a broken one: answers that take 300 ms are waited for, and no breaker opens', async () => {
  for (const proxy of nodes.replicas) proxy.delay(150);
  const reading = readOn(open.database, 4);
  await waitFor(() => reading.seen.succeeded > 20, { timeoutMs: 20_000 });
  expect((await reading.stop()).failures).toEqual([]);
  expect(node('replica')).toMatchObject({ reachable: true, breaker: 'closed' });
  expect(node('replica-2')).toMatchObject({ reachable: true, breaker: 'closed' });
}, 60_000);

test('the way to the primary is a black hole: a write under way ends within 5 s, later ones are 503 at once, reads go on', async () => {
  const { database } = open;
  await write(database);
  const reading = readOn(database, 2);
  nodes.primary.block();
  const started = performance.now();
  await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  expect(performance.now() - started).toBeLessThan(5000);
  const later = performance.now();
  await expect(write(database)).rejects.toEqual(unavailable);
  expect(performance.now() - later).toBeLessThan(500);
  const [row] = await acting(admin(TENANT), () => database.read(standby));
  expect(row).toEqual({ standby: true });
  nodes.primary.unblock();
  await waitFor(() => write(database), { timeoutMs: 5000 });
  expect((await reading.stop()).failures).toEqual([]);
}, 60_000);

test('the connections of writes are reset under way: each is done, refused or of unknown outcome, and none is done twice', async () => {
  const { database } = open;
  const writing = writeOn(database);
  for (let round = 0; round < 5; round += 1) {
    const before = writing.seen.acknowledged.length;
    await waitFor(() => writing.seen.acknowledged.length > before + 20, { timeoutMs: 5000 });
    nodes.primary.drop();
  }
  const { acknowledged, failures } = await writing.stop();
  expect(failures.length).toBeGreaterThan(0);
  for (const { code } of failures)
    expect(['service-unavailable', 'circuit-breaker-open', 'outcome-unknown']).toContain(code);
  const rows = await acting(
    admin(TENANT),
    () => database.read((manager) => manager.query<{ id: string }[]>('select id from devices')),
    { readPrimary: true },
  );
  const stored = new Set(rows.map(({ id }) => id));
  expect(acknowledged.filter(({ id }) => !stored.has(id))).toEqual([]);
  expect(failures.filter(({ id, code }) => code !== 'outcome-unknown' && stored.has(id))).toEqual([]);
}, 60_000);

test('a COMMIT whose answer is lost has an unknown outcome', async () => {
  const lost = acting(admin(TENANT), () =>
    open.database.write(async (manager) => {
      await manager.query(`insert into devices (tenant_id, id) values ('${TENANT}', 'dev_perhaps')`);
      nodes.primary.block();
    }),
  );
  await expect(lost).rejects.toEqual(expect.objectContaining({ code: 'outcome-unknown', status: 503 }));
}, 60_000);
