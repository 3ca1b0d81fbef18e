import { randomBytes } from 'node:crypto';
import type { ServiceName } from '@techze/contracts';
import { loginRole, loginRoles, type LoginName } from '@techze/database';
import { PostgresCluster } from '@techze/local-stack';
import { sharedServers } from '../run/shared-servers.js';
import { databasePasswords, TEMPLATE } from './template.js';

/** One node in the documentation's shape of DATABASE_NODES. */
export interface NodeSettings {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly weight: number;
  readonly is_primary: boolean;
}

/** A database of a test's own on the shared primary and replica. */
export interface TestDatabase {
  readonly name: string;
  readonly nodes: readonly NodeSettings[];
  /** A superuser's URL of it on the primary or the replica. */
  adminUrl(node?: 'primary' | 'replica'): string;
  /** Login of a service, or of one of the other roles that log in. */
  login(name: LoginName): { readonly user: string; readonly password: string };
  /** The variables that `databaseConfig` reads, for one service. */
  environment(service: ServiceName): Readonly<Record<string, string>>;
  /** Waits until the replica has replayed all that the primary has committed so far. */
  untilReplicated(): Promise<void>;
  /** Ends its sessions and removes it. What is forgotten ends with the run. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** False for an empty database without tables. The cluster's roles exist all the same. */
  readonly migrated?: boolean;
  /** A cluster of the test's own, which it may break. */
  readonly cluster?: PostgresCluster;
}

/** Makes a fresh database, migrated, and waits until the replica has it. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const cluster = options.cluster ?? (await sharedCluster());
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.migrated === false ? 'template1' : TEMPLATE;
  await cluster.primary.withClient(async (client) => {
    if (template !== TEMPLATE) return client.query(`create database ${name}`);
    await client.query(`create database ${name} template ${template} owner techze_owner`);
    // Privileges of the database itself are not copied with it.
    await client.query(`revoke all on database ${name} from public`);
    return client.query(`grant connect on database ${name} to ${loginRoles.join(', ')}`);
  });
  await cluster.untilReplicated();
  const passwords = databasePasswords(cluster);
  const nodes = cluster.nodes.map((node) => ({
    id: node.id,
    host: '127.0.0.1',
    port: node.port ?? 0,
    database: name,
    weight: 1,
    is_primary: node === cluster.primary,
  }));
  const login: TestDatabase['login'] = (of) => ({ user: loginRole(of), password: passwords[of] });
  return {
    name,
    nodes,
    login,
    adminUrl: (node = 'primary') => cluster[node].url(name),
    environment: (service) => ({
      DATABASE_NODES: JSON.stringify(nodes),
      DATABASE_USER: login(service).user,
      DATABASE_PASSWORD: login(service).password,
    }),
    untilReplicated: () => cluster.untilReplicated(),
    drop: async () => void (await cluster.primary.query(`drop database if exists ${name} with (force)`)),
  };
}

let shared: Promise<PostgresCluster> | undefined;

/** The cluster all files share: create databases in it, but never stop it. */
export function sharedCluster(): Promise<PostgresCluster> {
  return (shared ??= takeOver());
}

async function takeOver(): Promise<PostgresCluster> {
  const cluster = await PostgresCluster.create({ folder: sharedServers().postgres, durable: false });
  await cluster.start(); // it runs: this only learns its ports
  return cluster;
}
