import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logins, loginRole } from '../../../../dist/libs/database/src/index.js';
import { PostgresCluster, prepareDatabase } from '../../../../dist/libs/local-stack/src/index.js';

const DATABASE = 'techze_bench';
const TENANTS = 50;
const DEVICES_EACH = 2_000;
const FIRST_TENANT = 100_000;
const FIRST_DEVICE = 1_000_000_000_000_000;

/** Ids are digits, so that pgbench, which knows only numbers, asks with the very same values as everybody else. */
export const keys = {
  tenants: [FIRST_TENANT, FIRST_TENANT + TENANTS - 1],
  devices: [FIRST_DEVICE, FIRST_DEVICE + DEVICES_EACH - 1],
};

/** Any tenant's id. */
export const anyTenant = () => String(FIRST_TENANT + Math.floor(Math.random() * TENANTS));
/** The id of any device; every tenant has one of it. */
export const anyDevice = () => String(FIRST_DEVICE + Math.floor(Math.random() * DEVICES_EACH));

/**
 * PostgreSQL of its own in a temporary folder, migrated and filled. Commits do not wait for the disk.
 * @param {number} replicas
 */
export async function startServers(replicas) {
  const folder = mkdtempSync(join(tmpdir(), 'techze-bench-'));
  let cluster;
  const destroy = async () => {
    await cluster?.destroy();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    cluster = await PostgresCluster.create({ folder, replicas, durable: false });
    await cluster.start();
    const passwords = Object.fromEntries(
      logins.map((login) => [login, createHash('sha256').update(`${cluster.password} ${login}`).digest('hex')]),
    );
    await prepareDatabase(cluster.primary.url(DATABASE), passwords);
    await cluster.primary.withClient(fill, DATABASE);
    await cluster.untilReplicated();
    const login = { user: loginRole('diagnostics'), password: passwords.diagnostics };
    return {
      folder: cluster.folder,
      cluster,
      login,
      superuser: { user: 'postgres', password: cluster.password },
      destroy,
      ...places(cluster),
    };
  } catch (error) {
    await destroy();
    throw error;
  }
}

function places(cluster) {
  const { port } = cluster.primary;
  return {
    database: DATABASE,
    host: '127.0.0.1',
    port,
    nodes: cluster.nodes.map((node) => ({
      id: node.id,
      host: '127.0.0.1',
      port: node.port,
      database: DATABASE,
      weight: 1,
      is_primary: node === cluster.primary,
    })),
  };
}

async function fill(client) {
  const [firstTenant, lastTenant] = keys.tenants;
  const [firstDevice, lastDevice] = keys.devices;
  await client.query(
    `insert into tenants (id, name) select n::text, 'Tenant ' || n from generate_series($1::bigint, $2::bigint) as n`,
    [firstTenant, lastTenant],
  );
  await client.query(
    `insert into devices (tenant_id, id, hostname, serial, model)
     select t::text, d::text, 'host-' || d, 'SN' || d, 'PowerEdge T150'
     from generate_series($1::bigint, $2::bigint) as d, generate_series($3::bigint, $4::bigint) as t order by d`,
    [firstDevice, lastDevice, firstTenant, lastTenant],
  );
  await client.query('vacuum (freeze, analyze) devices');
}
