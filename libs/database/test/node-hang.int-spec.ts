import { startPostgres, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import type { ClusterNode } from '../src/cluster/cluster-node.js';
import type { NodeHealth } from '../src/cluster/node-health.js';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { readOn, readPort, TENANT, writeOn } from './support/traffic.js';

/** SIGSTOP of a whole server: connections stay and are still accepted, by the kernel; no answer comes. */
let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await startPostgres({ replicas: 2 });
  fresh = await testDatabase({ cluster: servers });
}, 60_000);
beforeEach(async () => {
  open = await openDatabase({
    ...fresh.environment('diagnostics'),
    DATABASE_BREAKER_OPEN_MS: '1000',
    DATABASE_BREAKER_RAMP_STEP_MS: '100',
  });
});
afterEach(async () => {
  for (const node of servers.nodes) node.thaw();
  await open.close();
}, 60_000);
afterAll(() => servers.destroy());

test('a replica hangs: reads under way are done elsewhere, none fails, the gap is under a second; it is used again after', async () => {
  const { database } = open;
  const reading = readOn(database);
  const writing = writeOn(database);
  await waitFor(() => reading.seen.byPort.size === 2 && reading.seen.succeeded > 100);
  reading.begin();
  servers.replica.freeze();
  const atTheStop = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > atTheStop + 500);
  const [reads, writes] = await Promise.all([reading.stop(), writing.stop()]);
  expect(reads.failures).toEqual([]);
  expect(reads.gapMs).toBeLessThan(1000);
  expect(writes.failures).toEqual([]);
  const started = performance.now();
  expect(await readPort(database)).toBe(servers.replicas[1]?.port);
  expect(performance.now() - started).toBeLessThan(500);

  servers.replica.thaw();
  await waitFor(async () => (await readPort(database)) === servers.replica.port, { timeoutMs: 20_000 });
}, 60_000);

test('a hang counts as much as a refusal: five probes without an answer open the breaker', async () => {
  const { database } = open;
  const breaker = () => database.pool.view().nodes.find(({ id }) => id === 'replica')?.breaker;
  servers.replica.freeze();
  await waitFor(() => breaker() === 'open', { timeoutMs: 20_000 });
  servers.replica.thaw();
  await waitFor(() => breaker() === 'closed', { timeoutMs: 20_000 });
}, 60_000);

test('the primary hangs: a write under way ends within 5 s, later ones are 503 at once, reads go on; nothing acknowledged is lost', async () => {
  const { database } = open;
  const reading = readOn(database);
  const writing = writeOn(database);
  await waitFor(() => writing.seen.acknowledged.length > 50);
  reading.begin();
  servers.primary.freeze();
  const frozenAt = performance.now();
  await waitFor(() => writing.seen.failures.length > 20);
  const early = writing.seen.failures.filter(({ ms }) => ms > 500);
  expect(early.length).toBeLessThanOrEqual(4); // those that were under way
  expect(Math.max(...writing.seen.failures.map(({ at }) => at)) - frozenAt).toBeLessThan(5000);
  const reads = await reading.stop();
  expect(reads.failures).toEqual([]);
  expect(reads.gapMs).toBeLessThan(1000);

  servers.primary.thaw();
  const before = writing.seen.acknowledged.length;
  await waitFor(() => writing.seen.acknowledged.length > before + 50, { timeoutMs: 5000 });
  const writes = await writing.stop();
  const codes = new Set(writes.failures.map(({ code }) => code));
  codes.forEach((code) => expect(['service-unavailable', 'circuit-breaker-open', 'outcome-unknown']).toContain(code));
  const stored = await storedIds();
  expect(writes.acknowledged.filter(({ id }) => !stored.has(id))).toEqual([]);
}, 60_000);

/** Every row that is there, read past the pool. */
async function storedIds(): Promise<ReadonlySet<string>> {
  return servers.primary.withClient(async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from devices where tenant_id = $1', [TENANT]);
    return new Set(rows.map(({ id }) => id));
  }, fresh.name);
}

test('the only node hangs for a moment: there is nowhere else to go, so who waits is served when it answers again', async () => {
  const [primary] = fresh.nodes;
  const alone = await openDatabase({ ...fresh.environment('diagnostics'), DATABASE_NODES: JSON.stringify([primary]) });
  const [node] = Reflect.get(alone.cluster, 'nodes') as ClusterNode[];
  const { health } = node as unknown as { health: NodeHealth };
  await Promise.all(Array.from({ length: 8 }, () => readPort(alone.database)));
  servers.primary.freeze();
  const before = Array.from({ length: 8 }, () => readPort(alone.database));
  await waitFor(() => health.reach === 'silent');
  const after = Array.from({ length: 8 }, () => readPort(alone.database));
  servers.primary.thaw();
  expect(new Set(await Promise.all([...before, ...after]))).toEqual(new Set([primary?.port]));
  await alone.close();
}, 60_000);
