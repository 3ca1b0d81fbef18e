import { testDatabase, waitFor, type TestDatabase } from '@techze/testing';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { proxiedNodes, type ProxiedNodes } from './support/proxied-nodes.js';
import type { TcpProxy } from './support/tcp-proxy.js';
import { readPort, write } from './support/traffic.js';

/** A process starts with any minority of its nodes away: refusing, or hanging. */
let fresh: TestDatabase;
let nodes: ProxiedNodes;
let open: OpenDatabase | undefined;

beforeAll(async () => {
  fresh = await testDatabase();
  nodes = await proxiedNodes(fresh);
});
afterEach(async () => {
  nodes.heal();
  await open?.close();
  open = undefined;
});
afterAll(async () => {
  await nodes.close();
  await fresh.drop();
});

async function start(): Promise<{ database: OpenDatabase['database']; tookMs: number }> {
  const started = performance.now();
  open = await openDatabase({
    ...nodes.environment,
    DATABASE_BREAKER_OPEN_MS: '500',
    DATABASE_BREAKER_RAMP_STEP_MS: '100',
  });
  return { database: open.database, tookMs: performance.now() - started };
}

/** How, which replicas (one hang costs the patience of a start), and what makes it so. */
const ways: [string, number[], (proxy: TcpProxy) => void][] = [
  ['refuses', [0, 1], (proxy) => proxy.refuse()],
  ['hangs', [0], (proxy) => proxy.block()],
];

describe.each(ways)('of three nodes one %s', (_how, replicas, trouble) => {
  test.each(replicas)(
    'replica %s: reads and writes at once',
    async (which) => {
      const proxy = nodes.replicas[which];
      if (!proxy) throw new Error('no such replica');
      trouble(proxy);
      const { database, tookMs } = await start();
      expect(tookMs).toBeLessThan(5000);
      const started = performance.now();
      await readPort(database);
      await write(database);
      expect(performance.now() - started).toBeLessThan(1000);
      expect(await database.health()).toEqual({ primary: true, reads: true });
    },
    30_000,
  );

  test('the primary: reads at once, writes 503 at once, and within 5 s of its return', async () => {
    trouble(nodes.primary);
    const { database, tookMs } = await start();
    expect(tookMs).toBeLessThan(5000);
    const started = performance.now();
    await readPort(database);
    await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
    expect(performance.now() - started).toBeLessThan(1000);
    expect(await database.health()).toEqual({ primary: false, reads: true });
    nodes.heal();
    await waitFor(() => write(database), { timeoutMs: 5000 });
  }, 30_000);
});

test('all nodes refuse: it starts, is 503, and works within 5 s of their return', async () => {
  for (const proxy of [nodes.primary, ...nodes.replicas]) proxy.refuse();
  const { database } = await start();
  await expect(readPort(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  nodes.heal();
  await waitFor(() => write(database), { timeoutMs: 5000 });
  await waitFor(() => readPort(database), { timeoutMs: 5000 });
}, 30_000);
