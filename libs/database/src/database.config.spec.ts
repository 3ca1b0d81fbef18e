import { ConfigurationError, loadConfig } from '@techze/config';
import { databaseConfig, type DatabaseConfig } from './database.config.js';

/** The documentation's own example ("Configuração de Nós"). */
const DOCUMENTED = [
  { id: 'primary', host: 'localhost', port: 5432, database: 'techze_db', weight: 1.0, is_primary: true },
  { id: 'replica_1', host: 'replica-host', port: 5432, database: 'techze_db', weight: 0.5, is_primary: false },
];
const LOGIN = { DATABASE_USER: 'techze_ai', DATABASE_PASSWORD: 'a-secret' };

function load(environment: Record<string, string>): DatabaseConfig {
  return loadConfig([databaseConfig], environment).get(databaseConfig.token) as DatabaseConfig;
}

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

function nodesWith(changes: Record<string, unknown>): Record<string, string> {
  const [primary, replica] = DOCUMENTED;
  return { ...LOGIN, DATABASE_NODES: JSON.stringify([primary, { ...replica, ...changes }]) };
}

test("takes the documentation's nodes and its pool figures", () => {
  expect(load({ ...LOGIN, DATABASE_NODES: JSON.stringify(DOCUMENTED) })).toEqual({
    nodes: DOCUMENTED.map((node) => ({ ...node, user: 'techze_ai', password: 'a-secret' })),
    maxConnectionsPerNode: 20,
    acquireTimeoutMs: 30_000,
    idleTimeoutMs: 300_000,
    maxLifetimeMs: 3_600_000,
    statementTimeoutMs: 10_000,
  });
});

test('keeps what the other strategies and a login of its own need', () => {
  const extras = { region: 'sa-east', lat: -23.5, lon: -46.6, user: 'techze_remote', password_file: '/run/secret' };
  const node = load(nodesWith(extras)).nodes[1];
  expect(node).toMatchObject(extras);
  expect(node).not.toHaveProperty('password');
});

test('takes one node from a URL; the login of the process goes before the one in it', () => {
  const DATABASE_URL = 'postgres://some%40one:p%2Fw@[::1]:6432/some%20db';
  const node = { id: 'primary', host: '::1', port: 6432, database: 'some db', weight: 1, is_primary: true };
  expect(load({ DATABASE_URL }).nodes).toEqual([{ ...node, user: 'some@one', password: 'p/w' }]);
  expect(load({ ...LOGIN, DATABASE_URL }).nodes).toEqual([{ ...node, user: 'techze_ai', password: 'a-secret' }]);
});

test.each([1, 100])('accepts %i connections a node', (size) => {
  const environment = { ...nodesWith({}), DATABASE_MAX_CONNECTIONS_PER_NODE: String(size) };
  expect(load(environment).maxConnectionsPerNode).toBe(size);
});

test.each([
  ['no node at all', { ...LOGIN }, 'DATABASE_NODES'],
  ['text that is not JSON', { ...LOGIN, DATABASE_NODES: '[{secret' }, 'DATABASE_NODES: is not valid JSON'],
  ['an empty list', { ...LOGIN, DATABASE_NODES: '[]' }, 'DATABASE_NODES: needs exactly one node with is_primary'],
  ['an id twice', nodesWith({ id: 'primary' }), 'DATABASE_NODES: has an id twice'],
  ['two primaries', nodesWith({ is_primary: true }), 'DATABASE_NODES: needs exactly one node with is_primary'],
  ['a port out of range', nodesWith({ port: 65_536 }), 'DATABASE_NODES.1.port'],
  ['a port as text', nodesWith({ port: '5432' }), 'DATABASE_NODES.1.port'],
  ['a weight of zero', nodesWith({ weight: 0 }), 'DATABASE_NODES.1.weight'],
  ['an unknown key', nodesWith({ hots: 'x' }), 'DATABASE_NODES.1'],
  ['a latitude beyond the pole', nodesWith({ lat: 91 }), 'DATABASE_NODES.1.lat'],
  ['nodes and a URL', { ...nodesWith({}), DATABASE_URL: 'postgres://h/d' }, 'DATABASE_URL: set it or DATABASE_NODES'],
  ['another protocol', { ...LOGIN, DATABASE_URL: 'mysql://h/d' }, 'DATABASE_URL: must begin with postgres://'],
  ['a URL without a database', { ...LOGIN, DATABASE_URL: 'postgres://h' }, 'DATABASE_URL: needs a host and a database'],
  ['a URL with parameters', { ...LOGIN, DATABASE_URL: 'postgres://h/d?sslmode=no' }, 'remove sslmode'],
  ['broken percent-encoding', { ...LOGIN, DATABASE_URL: 'postgres://u:%ff@h/d' }, 'percent-encoding is broken'],
  ['no user', { DATABASE_URL: 'postgres://h/d', DATABASE_PASSWORD: 'x' }, 'DATABASE_USER: is missing'],
  ['no password', { DATABASE_URL: 'postgres://h/d', DATABASE_USER: 'x' }, 'DATABASE_PASSWORD: is missing'],
  ['no connection', { ...nodesWith({}), DATABASE_MAX_CONNECTIONS_PER_NODE: '0' }, 'DATABASE_MAX_CONNECTIONS_PER_NODE'],
  ['too many connections', { ...nodesWith({}), DATABASE_MAX_CONNECTIONS_PER_NODE: '101' }, 'must be at most 100'],
])('refuses %s, by name', (_what, environment: Record<string, string>, fault) => {
  expect(faultsOf(environment)).toEqual([expect.stringContaining(fault)]);
});

test('no fault quotes a value', () => {
  const secret = 'hunter2-hunter2';
  const environments = [
    { ...LOGIN, DATABASE_NODES: `[{"password": "${secret}"` },
    nodesWith({ port: secret, host: 7, weight: secret, is_primary: secret }),
    { DATABASE_URL: `mysql://u:${secret}@h/d?x=${secret}` },
    { DATABASE_URL: `postgres://u:${secret}@/d?x=${secret}` },
  ];
  for (const environment of environments) {
    const faults = faultsOf(environment);
    expect(faults).not.toEqual([]);
    expect(faults.join()).not.toContain(secret);
  }
});
