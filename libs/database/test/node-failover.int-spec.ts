import { startPostgres, testDatabase, waitFor, type PostgresCluster, type TestDatabase } from '@techze/testing';
import type { Database } from '@techze/database';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.js';

let servers: PostgresCluster;
let fresh: TestDatabase;
let open: OpenDatabase;

beforeAll(async () => {
  servers = await startPostgres();
  fresh = await testDatabase({ cluster: servers });
}, 60_000);
beforeEach(async () => {
  open = await openDatabase(fresh.environment('diagnostics'));
});
afterEach(async () => {
  await open.close();
  await servers.start();
}, 60_000);
afterAll(() => servers.destroy());

const claims = { tenant_id: 'tnt_a', role: 'worker' };
const unavailable = expect.objectContaining({ code: 'service-unavailable', status: 503 });

function readPlace(database: Database): Promise<string> {
  return database.as({ role: 'service', claims }).read(async (manager) => {
    const rows = await manager.query<{ standby: boolean }[]>('select pg_is_in_recovery() as standby');
    return rows[0]?.standby ? 'replica' : 'primary';
  });
}

let written = 0;
function write(database: Database): Promise<unknown> {
  const id = `dev_${(written += 1)}`;
  return database
    .as({ role: 'service', claims })
    .write((manager) => manager.query('insert into devices (tenant_id, id) values ($1, $2)', ['tnt_a', id]));
}

/** Keeps eight reads under way until told to stop. @returns how many succeeded, what failed, and the slowest */
function readOn(database: Database) {
  const seen = { succeeded: 0, failures: [] as unknown[], slowestMs: 0 };
  let goOn = true;
  const readers = Array.from({ length: 8 }, async () => {
    while (goOn) {
      const started = performance.now();
      await readPlace(database).then(
        () => (seen.succeeded += 1),
        (failure: unknown) => seen.failures.push(failure),
      );
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - started);
    }
  });
  return {
    seen,
    stop: async () => {
      goOn = false;
      await Promise.all(readers);
      return seen;
    },
  };
}

test('the replica is killed: no read fails, writes go on; it comes back and is used again', async () => {
  const { database, log } = open;
  expect(await readPlace(database)).toBe('replica');
  const reading = readOn(database);
  await waitFor(() => reading.seen.succeeded > 100);
  await servers.replica.kill();
  const atTheKill = reading.seen.succeeded;
  await waitFor(() => reading.seen.succeeded > atTheKill + 500);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(seen.slowestMs).toBeLessThan(1000);
  await write(database);
  expect(await readPlace(database)).toBe('primary');
  expect(await database.health()).toEqual({ primary: true, reads: true });
  expect(log).toContainEqual(expect.objectContaining({ msg: 'database node is down', node: 'replica' }));

  await servers.replica.start();
  await waitFor(async () => (await readPlace(database)) === 'replica');
  expect(log).toContainEqual(expect.objectContaining({ msg: 'database node is up', node: 'replica' }));
}, 60_000);

test('the primary is killed: reads go on, writes are 503 at once; it comes back and takes writes', async () => {
  const { database } = open;
  await write(database);
  const reading = readOn(database);
  await waitFor(() => reading.seen.succeeded > 100);
  await servers.primary.kill();
  const started = performance.now();
  for (let attempt = 0; attempt < 20; attempt += 1) await expect(write(database)).rejects.toEqual(unavailable);
  expect(performance.now() - started).toBeLessThan(1000);
  const seen = await reading.stop();
  expect(seen.failures).toEqual([]);
  expect(await readPlace(database)).toBe('replica');
  expect(await database.health()).toEqual({ primary: false, reads: true });

  await servers.primary.start();
  await waitFor(() => write(database).then(() => true), { timeoutMs: 5000 });
}, 60_000);

test('a backend is ended by the operator: reads do not notice, later writes succeed', async () => {
  const { database } = open;
  const reading = readOn(database);
  for (let round = 0; round < 5; round += 1) {
    const before = reading.seen.succeeded;
    await servers.replica.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'techze_diagnostics'`,
    );
    await waitFor(() => reading.seen.succeeded > before + 50);
  }
  expect((await reading.stop()).failures).toEqual([]);
  await write(database);
}, 60_000);

test('everything is down: reads and writes are 503 at once, and both resume', async () => {
  const { database } = open;
  await Promise.all(servers.nodes.map((node) => node.kill()));
  await expect(readPlace(database)).rejects.toEqual(unavailable);
  await expect(write(database)).rejects.toEqual(unavailable);
  expect(await database.health()).toEqual({ primary: false, reads: false });
  await servers.start();
  await waitFor(() => write(database).then(() => true));
  await waitFor(async () => (await readPlace(database)) === 'replica');
}, 60_000);

describe('a process starts', () => {
  test('while the replica is down', async () => {
    await servers.replica.kill();
    const late = await openDatabase(fresh.environment('diagnostics'));
    expect(await readPlace(late.database)).toBe('primary');
    await write(late.database);
    await late.close();
  }, 60_000);

  test('while the primary is down, reads at once, and writes when it comes', async () => {
    await servers.primary.kill();
    const late = await openDatabase(fresh.environment('diagnostics'));
    expect(await readPlace(late.database)).toBe('replica');
    await expect(write(late.database)).rejects.toEqual(unavailable);
    await servers.primary.start();
    await waitFor(() => write(late.database).then(() => true));
    await late.close();
  }, 60_000);
});

describe('a node that hangs: connections stay, answers do not come', () => {
  const proxies: TcpProxy[] = [];
  let hanging: OpenDatabase;

  beforeEach(async () => {
    for (const { port } of fresh.nodes) proxies.push(await tcpProxy(port));
    const nodes = fresh.nodes.map((node, index) => ({ ...node, port: proxies[index]?.port }));
    hanging = await openDatabase({
      ...fresh.environment('diagnostics'),
      DATABASE_NODES: JSON.stringify(nodes),
    });
  });
  afterEach(async () => {
    await hanging.close();
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  });

  test('the replica: reads under way are done on the primary within seconds, later ones at once', async () => {
    const { database } = hanging;
    const reading = readOn(database);
    await waitFor(() => reading.seen.succeeded > 50);
    proxies[1]?.block();
    const atTheBlock = reading.seen.succeeded;
    await waitFor(() => reading.seen.succeeded > atTheBlock + 200);
    const seen = await reading.stop();
    expect(seen.failures).toEqual([]);
    expect(seen.slowestMs).toBeLessThan(3000);
    const started = performance.now();
    expect(await readPlace(database)).toBe('primary');
    expect(performance.now() - started).toBeLessThan(500);
    proxies[1]?.unblock();
    await waitFor(async () => (await readPlace(database)) === 'replica');
  }, 60_000);

  test('the primary: a write under way ends within 5 s, later ones are 503 at once, reads go on', async () => {
    const { database } = hanging;
    await write(database);
    proxies[0]?.block();
    const started = performance.now();
    await expect(write(database)).rejects.toEqual(expect.objectContaining({ status: 503 }));
    expect(performance.now() - started).toBeLessThan(5000);
    const later = performance.now();
    await expect(write(database)).rejects.toEqual(unavailable);
    expect(performance.now() - later).toBeLessThan(500);
    expect(await readPlace(database)).toBe('replica');
    proxies[0]?.unblock();
    await waitFor(() => write(database).then(() => true));
  }, 60_000);

  test('a COMMIT whose answer is lost has an unknown outcome', async () => {
    const lost = hanging.database.as({ role: 'service', claims }).write(async (manager) => {
      await manager.query(`insert into devices (tenant_id, id) values ('tnt_a', 'dev_perhaps')`);
      proxies[0]?.block();
    });
    await expect(lost).rejects.toEqual(expect.objectContaining({ code: 'outcome-unknown', status: 503 }));
  }, 60_000);

  test('at the start: the process starts, and reads go to the other node', async () => {
    proxies[1]?.block();
    const nodes = fresh.nodes.map((node, index) => ({ ...node, port: proxies[index]?.port }));
    const late = await openDatabase({ ...fresh.environment('diagnostics'), DATABASE_NODES: JSON.stringify(nodes) });
    expect(await readPlace(late.database)).toBe('primary');
    await late.close();
  }, 60_000);
});
