// The load of the soak, in a process of its own that has nothing else to do.
import { readdirSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers';
import { anyDevice, anyTenant } from './servers.mjs';
import { asRequest, openForLoad, SELECT } from './ways.mjs';

const SESSIONS = 32;
/** Connections are renewed after it, up to a tenth earlier. */
const LIFETIME_MS = 15_000;
/** More than a connection prepares, and far more than a process remembers. */
const TEXTS = [600, 1_000_000];
const MOST_UNEXPECTED = 20;
const SELECT_WHOSE = SELECT.replace('select ', 'select tenant_id, ');
/** What a write may be told whose backend was ended. A read is done elsewhere. */
const ENDED = new Set(['service-unavailable', 'outcome-unknown']);

/** What goes wrong on purpose, and what its caller is told. Who has little time may spend it waiting for a connection. */
const FAULTS = [
  { kind: 'read', sql: 'selec', code: '42601' },
  { kind: 'write', sql: 'select 1 / 0', code: '22012' },
  { kind: 'read', sql: 'select password_hash from users', code: '42501' },
  { kind: 'read', sql: 'insert into devices (tenant_id, id) values (current_user, current_user)', code: '25006' },
  { kind: 'read', sql: 'select pg_sleep(1)', code: 'deadline-exceeded', or: 'pool-exhausted', withinMs: 50 },
  { kind: 'write', sql: 'select pg_sleep(1)', code: 'deadline-exceeded', or: 'pool-exhausted', withinMs: 50 },
];

let database;
let goOn = true;
let sessions;
let written = 0;
const tally = { good: 0, faults: 0, foreign: 0, endings: {}, unexpected: [] };

const kinds = {
  read: (tenant) => database.read((manager) => manager.query(SELECT_WHOSE, [tenant, anyDevice()])),
  repository: (tenant) =>
    database.read(async (manager) => [
      await manager.getRepository('Device').findOneBy({ tenant_id: tenant, id: anyDevice() }),
    ]),
  manyTexts: (tenant) => {
    const most = TEXTS[Math.floor(Math.random() * TEXTS.length)];
    const text = `${SELECT_WHOSE} and ${Math.floor(Math.random() * most)} >= 0`;
    return database.read((manager) => manager.query(text, [tenant, anyDevice()]));
  },
  // Without a condition: row security alone says whose rows are counted.
  slow: () => database.read((manager) => manager.query('select tenant_id, count(*) from devices group by tenant_id')),
  write: (tenant) =>
    database.write(async (manager) => {
      const id = `dev_${(written += 1)}`;
      await manager.query('insert into devices (tenant_id, id) values ($1, $2)', [tenant, id]);
      const [rows] = await manager.query('delete from devices where id = $1 returning tenant_id', [id]);
      return rows;
    }),
};
/** So many of each, of 100 operations that are to succeed. */
const MIX = { read: 55, repository: 10, manyTexts: 14, slow: 1, write: 20 };
const WORK = Object.entries(MIX).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));

async function session(nth) {
  for (let turn = nth; goOn; turn += 1) {
    const tenant = anyTenant();
    if (turn % 10 === 0) await fail(tenant, FAULTS[(turn / 10) % FAULTS.length]);
    else await succeed(tenant, WORK[Math.floor(Math.random() * WORK.length)]);
    // A failure may come at once: whoever asks for it does not ask again in the same turn.
    if (turn % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function succeed(tenant, kind) {
  try {
    const rows = await asRequest(tenant, () => kinds[kind](tenant));
    if (rows.length !== 1) unexpected(`${kind}: ${rows.length} rows`);
    tally.foreign += rows.filter((row) => row.tenant_id !== tenant).length;
    tally.good += 1;
  } catch (error) {
    told(kind, error, kind === 'write');
  }
}

async function fail(tenant, { kind, sql, code, or, withinMs }) {
  tally.faults += 1;
  try {
    await asRequest(tenant, () => database[kind]((manager) => manager.query(sql)), withinMs);
    unexpected(`${sql}: it succeeded`);
  } catch (error) {
    if (error.code !== code && error.code !== or) told(sql, error, kind === 'write');
  }
}

function told(what, error, isWrite) {
  if (isWrite && ENDED.has(error.code)) tally.endings[error.code] = (tally.endings[error.code] ?? 0) + 1;
  else unexpected(`${what}: ${error.code ?? ''} ${error.message}`);
}

function unexpected(line) {
  if (tally.unexpected.length < MOST_UNEXPECTED) tally.unexpected.push(line);
}

/** Of each connection that statements go over, how many it has prepared. */
function preparedHere() {
  const clients = database.cluster.nodes.flatMap(({ connections }) => [
    ...connections.pool.clients(),
    ...connections.shared.clients(),
  ]);
  return Math.max(0, ...clients.map(({ connection }) => Object.keys(connection.parsedStatements).length));
}

/** The most of some connections, by what the server says on them. */
async function preparedThere() {
  const ask = () =>
    asRequest(anyTenant(), () =>
      database.read((manager) => manager.query('select count(*)::int as count from pg_prepared_statements')),
    ).then(
      ([{ count }]) => count,
      () => 0,
    );
  return Math.max(...(await Promise.all(Array.from({ length: 8 }, ask))));
}

function socketsOfThis() {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // it was closed meanwhile
    }
  });
  return links.filter((link) => link.startsWith('socket:')).length;
}

const commands = {
  async start({ nodes, login }) {
    database = await openForLoad({
      DATABASE_NODES: JSON.stringify(nodes),
      DATABASE_USER: login.user,
      DATABASE_PASSWORD: login.password,
      DATABASE_MAX_LIFETIME_MS: String(LIFETIME_MS),
      DATABASE_BREAKER_OPEN_MS: '1000',
      DATABASE_BREAKER_RAMP_STEP_MS: '100',
    });
    sessions = Promise.all(Array.from({ length: SESSIONS }, (_each, nth) => session(nth)));
    sessions.catch((error) => unexpected(error.stack));
    return {};
  },

  async sample() {
    globalThis.gc();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      operations: tally.good + tally.faults,
      rss: rss / 1e6,
      heap: heapUsed / 1e6,
      sockets: socketsOfThis(),
      handles: process.getActiveResourcesInfo().length,
      prepared: preparedHere(),
      preparedThere: await preparedThere(),
    };
  },

  async stop() {
    goOn = false;
    await sessions;
    await database.close();
    return tally;
  },
};

process.on('message', ({ command, ...details }) => {
  commands[command](details).then(
    (answer) => process.send(answer),
    (error) => process.send({ fault: error instanceof Error ? error.stack : String(error) }),
  );
});
