import {
  startPostgres,
  testDatabase,
  waitFor,
  type PostgresCluster,
  type PostgresNode,
  type TestDatabase,
} from '@techze/testing';
import { Client } from 'pg';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { readPort, write } from './support/traffic.js';

/** Every connection that a server has to give is taken by others (53300): it is busy, not dead. */
let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await startPostgres({ settings: { max_connections: 25 } });
  fresh = await testDatabase({ cluster: servers });
  open = await openDatabase({
    ...fresh.environment('diagnostics'),
    DATABASE_MIN_CONNECTIONS_PER_NODE: '1',
    DATABASE_SHARED_CONNECTIONS_PER_NODE: '0',
  });
}, 60_000);
afterAll(async () => {
  await open.close();
  await servers.destroy();
}, 60_000);

const exhausted = expect.objectContaining({ code: 'pool-exhausted', status: 503 });

/** Takes what is left of a server's connections. */
async function fill(node: PostgresNode): Promise<{ free: () => Promise<void> }> {
  const taken: Client[] = [];
  for (;;) {
    const client = new Client({ host: '127.0.0.1', port: node.port, database: fresh.name, ...fresh.login('ai') });
    client.on('error', () => undefined); // the server ends before a test that failed gives it back
    try {
      await client.connect();
      taken.push(client);
    } catch (error) {
      expect(error).toMatchObject({ code: '53300' });
      return { free: async () => void (await Promise.all(taken.map((each) => each.end()))) };
    }
  }
}

/** Holds a write open. */
async function hold(): Promise<{ end: () => Promise<unknown> }> {
  let finish: () => void = () => undefined;
  let begun = false;
  const held = open.database.write(async (manager) => {
    await manager.query('select 1');
    begun = true;
    await new Promise<void>((resolve) => (finish = resolve));
  });
  held.catch(() => undefined);
  await waitFor(() => begun);
  return {
    end: () => {
      finish();
      return held;
    },
  };
}

test('of the primary: the connections that are there go on, one more is a 503 at once, the node stays up, reads do not notice', async () => {
  const { database } = open;
  await write(database);
  const { free } = await fill(servers.primary);
  await write(database);
  const { end } = await hold();
  for (let time = 0; time < 10; time += 1) {
    const started = performance.now();
    await expect(write(database)).rejects.toEqual(exhausted);
    expect(performance.now() - started).toBeLessThan(1000);
  }
  expect(await readPort(database)).toBe(servers.replica.port);
  await end();
  await write(database);
  expect(database.pool.view().nodes).toEqual([
    expect.objectContaining({ id: 'primary', reachable: true, breaker: 'closed' }),
    expect.objectContaining({ id: 'replica', reachable: true, breaker: 'closed' }),
  ]);
  await free();
  const both = [await hold(), await hold()];
  await Promise.all(both.map((each) => each.end()));
}, 60_000);

test('of the replica: reads that find no connection there go to another node', async () => {
  const { database } = open;
  const { free } = await fill(servers.replica);
  const ports = await Promise.all(Array.from({ length: 15 }, () => readPort(database)));
  expect(ports).toContain(servers.primary.port);
  expect(database.pool.view().nodes.map(({ breaker }) => breaker)).toEqual(['closed', 'closed']);
  await free();
}, 60_000);

test('a process that starts while every server is full is 503, and works as soon as there is room', async () => {
  const filled = await Promise.all(servers.nodes.map(fill));
  const late = await openDatabase(fresh.environment('diagnostics'));
  await expect(write(late.database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  await expect(readPort(late.database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
  await Promise.all(filled.map(({ free }) => free()));
  await waitFor(() => write(late.database), { timeoutMs: 5000 });
  await waitFor(() => readPort(late.database), { timeoutMs: 5000 });
  await late.close();
}, 60_000);
