import { DataSource, EntitySchema } from 'typeorm';
import pg from 'pg';
import { loadConfig } from '../../../../dist/libs/config/src/index.js';
import { databaseConfig, openDatabase } from '../../../../dist/libs/database/src/index.js';
import { CommitMark, continueTrace, Logger, runInContext } from '../../../../dist/libs/observability/src/index.js';

/** Connections to one server: ours by default, and everybody else's. */
const CONNECTIONS = 20;
const ROLE = 'svc_diagnostics';
const COLUMNS = 'id, hostname, serial, model, created_at';

/** The one statement that is compared everywhere. */
export const SELECT = `select ${COLUMNS} from devices where tenant_id = $1 and id = $2`;
const INSERT = 'insert into devices (tenant_id, id, hostname) values ($1, $2, $3)';
const PROLOGUE = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)";

const Device = new EntitySchema({
  name: 'Device',
  tableName: 'devices',
  columns: {
    tenant_id: { type: 'text', primary: true },
    id: { type: 'text', primary: true },
    hostname: { type: 'text', nullable: true },
    serial: { type: 'text', nullable: true },
    model: { type: 'text', nullable: true },
    created_at: { type: 'timestamptz' },
  },
});

const sub = '018f0000-0000-7000-8000-000000000001';
const claimsOf = (tenant) => JSON.stringify({ tenant_id: tenant, sub, role: 'admin' });
let written = 0;
const newDevice = () => `dev_${process.pid}_${(written += 1)}`;

/** A request as a service has it. */
export function asRequest(tenant, work, withinMs = 10_000) {
  const principal = { kind: 'user', tenant_id: tenant, sub, sid: 'ses_1', role: 'admin' };
  const deadline = Date.now() + withinMs;
  return runInContext({ requestId: sub, trace, deadline, principal, commits: new CommitMark() }, work);
}
const trace = continueTrace(undefined);

async function ours({ node, login }, work) {
  const database = await openForLoad({
    DATABASE_NODES: JSON.stringify([node]),
    DATABASE_USER: login.user,
    DATABASE_PASSWORD: login.password,
  });
  return { work: (acting, ...key) => asRequest(acting, () => work(database, ...key)), close: () => database.close() };
}

/** A database as a service has it, over these variables. */
export function openForLoad(environment) {
  const logger = Logger.to({ write: () => undefined });
  const config = loadConfig([databaseConfig], environment).get(databaseConfig.token);
  return openDatabase(config, { role: ROLE, entities: [Device], logger });
}

/** What everybody writes first: TypeORM's transaction, and in it who acts. */
async function naive({ node, login }, work) {
  const dataSource = new DataSource({
    type: 'postgres',
    host: node.host,
    port: node.port,
    database: node.database,
    username: login.user,
    password: login.password,
    poolSize: CONNECTIONS,
    entities: [Device],
  });
  await dataSource.initialize();
  return {
    work: (acting, ...key) =>
      dataSource.transaction(async (manager) => {
        await manager.query(`SET LOCAL ROLE ${ROLE}`);
        await manager.query("select set_config('request.jwt.claims', $1, true)", [claimsOf(acting)]);
        return work(manager, ...key);
      }),
    close: () => dataSource.destroy(),
  };
}

/** The same by hand, in four round trips, with prepared statements where whatever is in between passes them on. */
async function byHand({ node, login, prepared = true }) {
  const pool = poolOf(node, login);
  const named = (name, text) => (prepared ? { name, text } : { text });
  const [prologue, select] = [named('prologue', PROLOGUE), named('device', SELECT)];
  return {
    work: async (acting, ...key) => {
      const client = await pool.connect();
      let failure;
      try {
        await client.query('BEGIN');
        await client.query({ ...prologue, values: [ROLE, claimsOf(acting)] });
        const { rows } = await client.query({ ...select, values: key });
        await client.query('COMMIT');
        return rows;
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        client.release(failure);
      }
    },
    close: () => pool.end(),
  };
}

/** As fast as pg goes, for somebody who may see everything. */
async function unguarded({ node, superuser }) {
  const pool = poolOf(node, superuser);
  return {
    work: async (_acting, ...key) => (await pool.query({ name: 'device', text: SELECT, values: key })).rows,
    close: () => pool.end(),
  };
}

function poolOf({ host, port, database }, { user, password }) {
  return new pg.Pool({ host, port, database, user, password, max: CONNECTIONS, min: CONNECTIONS });
}

const select = (manager, ...key) => manager.query(SELECT, key);
const find = async (manager, tenant_id, id) => {
  const found = await manager.getRepository(Device).findOneBy({ tenant_id, id });
  return found ? [found] : [];
};
const insert = async (manager, tenant) => {
  await manager.query(INSERT, [tenant, newDevice(), 'host']);
  return [tenant];
};

/**
 * Ways to the same row. Each is opened in a process of its own and gives `work(acting tenant, tenant, id)`, which
 * resolves with the rows that it got.
 */
export const ways = {
  read: (server) => ours(server, (database, ...key) => database.read((manager) => select(manager, ...key))),
  repository: (server) => ours(server, (database, ...key) => database.read((manager) => find(manager, ...key))),
  naive: (server) => naive(server, select),
  'naive-repository': (server) => naive(server, find),
  pool: (server) => byHand(server),
  pgbouncer: (server) => byHand(server),
  unguarded: (server) => unguarded(server),
  write: (server) => ours(server, (database, tenant) => database.write((manager) => insert(manager, tenant))),
  'naive-write': (server) => naive(server, insert),
};
