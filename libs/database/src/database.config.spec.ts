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
    nodes: DOCUMENTED.map((node) => ({ ...node, ssl: 'disable', user: 'techze_ai', password: 'a-secret' })),
    strategy: 'weighted_round_robin',
    here: {},
    minConnectionsPerNode: 5,
    maxConnectionsPerNode: 20,
    sharedConnectionsPerNode: 2,
    maxWaitingPerNode: 500,
    acquireTimeoutMs: 30_000,
    idleTimeoutMs: 300_000,
    maxLifetimeMs: 3_600_000,
    statementTimeoutMs: 10_000,
    maxReplicaLagMs: 10_000,
    breakerOpenMs: 60_000,
    breakerRampStepMs: 5000,
    leakAfterMs: 30_000,
  });
});

test('every figure has a name of its own', () => {
  const figures = {
    DATABASE_MIN_CONNECTIONS_PER_NODE: ['3', { minConnectionsPerNode: 3 }],
    DATABASE_MAX_CONNECTIONS_PER_NODE: ['30', { maxConnectionsPerNode: 30 }],
    DATABASE_SHARED_CONNECTIONS_PER_NODE: ['4', { sharedConnectionsPerNode: 4 }],
    DATABASE_MAX_WAITING_PER_NODE: ['7', { maxWaitingPerNode: 7 }],
    DATABASE_ACQUIRE_TIMEOUT_MS: ['101', { acquireTimeoutMs: 101 }],
    DATABASE_IDLE_TIMEOUT_MS: ['1001', { idleTimeoutMs: 1001 }],
    DATABASE_MAX_LIFETIME_MS: ['1002', { maxLifetimeMs: 1002 }],
    DATABASE_STATEMENT_TIMEOUT_MS: ['102', { statementTimeoutMs: 102 }],
    DATABASE_MAX_REPLICA_LAG_MS: ['103', { maxReplicaLagMs: 103 }],
    DATABASE_BREAKER_OPEN_MS: ['104', { breakerOpenMs: 104 }],
    DATABASE_BREAKER_RAMP_STEP_MS: ['105', { breakerRampStepMs: 105 }],
    DATABASE_LEAK_AFTER_MS: ['106', { leakAfterMs: 106 }],
  } as const;
  const plain = load(nodesWith({}));
  for (const [name, [value, changed]] of Object.entries(figures))
    expect(load({ ...nodesWith({}), [name]: value })).toEqual({ ...plain, ...changed });
});

test('is sealed: nothing in it can be changed, however deep', () => {
  const config = load({ ...nodesWith({}), DATABASE_REGION: 'sa-east' });
  const attempts = [
    () => Object.assign(config, { maxConnectionsPerNode: 100 }),
    () => Object.assign(config.here, { region: 'eu-west' }),
    () => Object.assign(config.nodes[0] ?? {}, { host: 'elsewhere' }),
    () => (config.nodes as unknown[]).push({}),
    () => delete (config.nodes[1] as { password?: string }).password,
  ];
  for (const attempt of attempts) expect(attempt).toThrow(TypeError);
});

test.each(['round_robin', 'least_connections', 'weighted_round_robin'])('takes the strategy %s', (strategy) => {
  expect(load({ ...nodesWith({}), DATABASE_STRATEGY: strategy }).strategy).toBe(strategy);
});

test.each([
  ['a region', { DATABASE_REGION: 'sa-east' }, { region: 'sa-east' }],
  ['a spot', { DATABASE_LAT: '-23.55', DATABASE_LON: '-46.6' }, { lat: -23.55, lon: -46.6 }],
  ['the spot where degrees begin', { DATABASE_LAT: '0', DATABASE_LON: '0' }, { lat: 0, lon: 0 }],
])('takes the strategy geographic with %s', (_what, place, here) => {
  const environment = { ...nodesWith({ region: 'sa-east', lat: 0, lon: 0 }), DATABASE_STRATEGY: 'geographic' };
  expect(load({ ...environment, ...place })).toMatchObject({ strategy: 'geographic', here });
});

test.each([
  [true, 'verify-full'],
  [false, 'disable'],
  ['disable', 'disable'],
  ['require', 'require'],
  ['verify-full', 'verify-full'],
])('takes ssl: %j as %s', (ssl, mode) => {
  expect(load(nodesWith({ ssl })).nodes[1]).toMatchObject({ ssl: mode });
});

test.each([true, 'verify-full'])('takes an authority of its own with ssl: %j', (ssl) => {
  const node = load(nodesWith({ ssl, ssl_ca_file: '/run/ca.pem' })).nodes[1];
  expect(node).toMatchObject({ ssl: 'verify-full', ssl_ca_file: '/run/ca.pem' });
});

test.each(['disable', 'require', 'verify-full'])('takes sslmode=%s in a URL', (mode) => {
  expect(load({ ...LOGIN, DATABASE_URL: `postgres://h/d?sslmode=${mode}` }).nodes[0]).toMatchObject({ ssl: mode });
});

test('keeps what the other strategies and a login of its own need', () => {
  const extras = { region: 'sa-east', lat: -23.5, lon: -46.6, user: 'techze_remote', password_file: '/run/secret' };
  const node = load(nodesWith(extras)).nodes[1];
  expect(node).toMatchObject(extras);
  expect(node).not.toHaveProperty('password');
});

test('takes one node from a URL; the login of the process goes before the one in it', () => {
  const DATABASE_URL = 'postgres://some%40one:p%2Fw@[::1]:6432/some%20db';
  const node = {
    id: 'primary',
    host: '::1',
    port: 6432,
    database: 'some db',
    weight: 1,
    is_primary: true,
    ssl: 'disable',
  };
  expect(load({ DATABASE_URL }).nodes).toEqual([{ ...node, user: 'some@one', password: 'p/w' }]);
  expect(load({ ...LOGIN, DATABASE_URL }).nodes).toEqual([{ ...node, user: 'techze_ai', password: 'a-secret' }]);
});

test.each([
  [1, 1, 0],
  [2, 2, 1],
  [3, 3, 2],
  [5, 5, 2],
  [100, 5, 2],
])('accepts %i connections a node: %i are kept, %i are shared', (max, min, shared) => {
  expect(load({ ...nodesWith({}), DATABASE_MAX_CONNECTIONS_PER_NODE: String(max) })).toMatchObject({
    maxConnectionsPerNode: max,
    minConnectionsPerNode: min,
    sharedConnectionsPerNode: shared,
  });
});

test('none have to be kept, shared or waited for', () => {
  const none = { DATABASE_MIN_CONNECTIONS_PER_NODE: '0', DATABASE_SHARED_CONNECTIONS_PER_NODE: '0' };
  expect(load({ ...nodesWith({}), ...none, DATABASE_MAX_WAITING_PER_NODE: '0' })).toMatchObject({
    minConnectionsPerNode: 0,
    sharedConnectionsPerNode: 0,
    maxWaitingPerNode: 0,
  });
});

const CONNECTIONS = {
  max: 'DATABASE_MAX_CONNECTIONS_PER_NODE',
  min: 'DATABASE_MIN_CONNECTIONS_PER_NODE',
  shared: 'DATABASE_SHARED_CONNECTIONS_PER_NODE',
};
const PRIMARY_PLACE = { host: 'LOCALHOST', port: 5432 };
const GEOGRAPHIC = { DATABASE_STRATEGY: 'geographic' };

test.each([
  ['no node at all', { ...LOGIN }, 'DATABASE_NODES'],
  ['text that is not JSON', { ...LOGIN, DATABASE_NODES: '[{secret' }, 'DATABASE_NODES: is not valid JSON'],
  ['JSON that is no list', { ...LOGIN, DATABASE_NODES: '{}' }, 'DATABASE_NODES: '],
  ['an empty list', { ...LOGIN, DATABASE_NODES: '[]' }, 'DATABASE_NODES: needs exactly one node with is_primary'],
  ['an id twice', nodesWith({ id: 'primary' }), 'DATABASE_NODES.1.id: is the id of an earlier node'],
  ['a server twice', nodesWith(PRIMARY_PLACE), 'DATABASE_NODES.1.host: is, with its port, an earlier node'],
  ['two primaries', nodesWith({ is_primary: true }), 'DATABASE_NODES: needs exactly one node with is_primary'],
  ['an id with a blank', nodesWith({ id: 'a b' }), 'DATABASE_NODES.1.id'],
  ['a host with a line end', nodesWith({ host: 'h\n' }), 'DATABASE_NODES.1.host'],
  ['a host without end', nodesWith({ host: 'h'.repeat(256) }), 'DATABASE_NODES.1.host'],
  ['a port out of range', nodesWith({ port: 65_536 }), 'DATABASE_NODES.1.port'],
  ['a port as text', nodesWith({ port: '5432' }), 'DATABASE_NODES.1.port'],
  ['a weight of zero', nodesWith({ weight: 0 }), 'DATABASE_NODES.1.weight'],
  ['a negative weight', nodesWith({ weight: -1 }), 'DATABASE_NODES.1.weight'],
  ['an unknown key', nodesWith({ hots: 'x' }), 'DATABASE_NODES.1'],
  ['a latitude beyond the pole', nodesWith({ lat: 91, lon: 0 }), 'DATABASE_NODES.1.lat'],
  ['a latitude alone', nodesWith({ lat: 1 }), 'DATABASE_NODES.1.lon: is missing'],
  ['a longitude alone', nodesWith({ lon: 1 }), 'DATABASE_NODES.1.lat: is missing'],
  ['another word for ssl', nodesWith({ ssl: 'prefer' }), 'DATABASE_NODES.1.ssl: must be true, false, disable'],
  ['an authority without ssl', nodesWith({ ssl_ca_file: '/ca' }), 'DATABASE_NODES.1.ssl_ca_file: is not looked at'],
  ['one that is not asked', nodesWith({ ssl: 'require', ssl_ca_file: '/ca' }), 'DATABASE_NODES.1.ssl_ca_file'],
  ['nodes and a URL', { ...nodesWith({}), DATABASE_URL: 'postgres://h/d' }, 'DATABASE_URL: set it or DATABASE_NODES'],
  ['another protocol', { ...LOGIN, DATABASE_URL: 'mysql://h/d' }, 'DATABASE_URL: must begin with postgres://'],
  ['a URL without a database', { ...LOGIN, DATABASE_URL: 'postgres://h' }, 'DATABASE_URL: needs a host and a database'],
  [
    'another sslmode',
    { ...LOGIN, DATABASE_URL: 'postgres://h/d?sslmode=prefer' },
    'DATABASE_URL: must have as sslmode one of',
  ],
  [
    'no word for sslmode',
    { ...LOGIN, DATABASE_URL: 'postgres://h/d?sslmode=' },
    'DATABASE_URL: must have as sslmode one of',
  ],
  [
    'sslmode twice',
    { ...LOGIN, DATABASE_URL: 'postgres://h/d?sslmode=disable&sslmode=require' },
    'takes one parameter, sslmode',
  ],
  ['a URL with parameters', { ...LOGIN, DATABASE_URL: 'postgres://h/d?a=1' }, 'takes one parameter, sslmode'],
  ['a URL with a fragment', { ...LOGIN, DATABASE_URL: 'postgres://h/d#a' }, 'takes one parameter, sslmode'],
  ['broken percent-encoding', { ...LOGIN, DATABASE_URL: 'postgres://u:%ff@h/d' }, 'percent-encoding is broken'],
  ['no user', { DATABASE_URL: 'postgres://h/d', DATABASE_PASSWORD: 'x' }, 'DATABASE_USER: is missing'],
  ['no password', { DATABASE_URL: 'postgres://h/d', DATABASE_USER: 'x' }, 'DATABASE_PASSWORD: is missing'],
  ['another strategy', { ...nodesWith({}), DATABASE_STRATEGY: 'random' }, 'DATABASE_STRATEGY: must be one of round_'],
  ['geographic without a place', { ...nodesWith({}), ...GEOGRAPHIC }, 'DATABASE_REGION: is missing: geographic needs'],
  [
    'geographic with nothing to compare',
    { ...nodesWith({ region: 'sa-east' }), ...GEOGRAPHIC, DATABASE_LAT: '1', DATABASE_LON: '1' },
    'DATABASE_NODES: has no node with a place',
  ],
  ['half a place', { ...nodesWith({}), DATABASE_LAT: '1' }, 'DATABASE_LON: is missing'],
  ['the other half', { ...nodesWith({}), DATABASE_LON: '1' }, 'DATABASE_LAT: is missing'],
  ['degrees in words', { ...nodesWith({}), DATABASE_LAT: '1e1', DATABASE_LON: '1' }, 'DATABASE_LAT: must be decimal'],
  ['too far east', { ...nodesWith({}), DATABASE_LAT: '1', DATABASE_LON: '180.1' }, 'DATABASE_LON: must be at most 180'],
  ['no connection', { ...nodesWith({}), [CONNECTIONS.max]: '0' }, `${CONNECTIONS.max}: must be at least 1`],
  ['too many connections', { ...nodesWith({}), [CONNECTIONS.max]: '101' }, 'must be at most 100'],
  ['more kept than allowed', { ...nodesWith({}), [CONNECTIONS.min]: '21' }, `${CONNECTIONS.min}: must be at most DATA`],
  [
    'none left alone',
    { ...nodesWith({}), [CONNECTIONS.max]: '8', [CONNECTIONS.shared]: '8' },
    `${CONNECTIONS.shared}: must be less than DATABASE_MAX`,
  ],
])('refuses %s, by name', (_what, environment: Record<string, string>, fault) => {
  expect(faultsOf(environment)).toEqual([expect.stringContaining(fault)]);
});

test('refuses a list that nobody can have meant', () => {
  const nodes = Array.from({ length: 65 }, (_, n) => ({
    ...DOCUMENTED[1],
    id: `n${n}`,
    port: n + 1,
    is_primary: n === 0,
  }));
  expect(faultsOf({ ...LOGIN, DATABASE_NODES: JSON.stringify(nodes) })).toEqual([
    expect.stringContaining('DATABASE_NODES: '),
  ]);
  expect(
    load({ ...LOGIN, DATABASE_NODES: JSON.stringify(nodes.slice(1).map((n, i) => ({ ...n, is_primary: i === 0 }))) })
      .nodes,
  ).toHaveLength(64);
});

test('refuses a key that JavaScript would take for something else', () => {
  const text = JSON.stringify(DOCUMENTED).replace('"id":"replica_1"', '"__proto__":{},"id":"replica_1"');
  expect(faultsOf({ ...LOGIN, DATABASE_NODES: text })).toEqual([expect.stringContaining('DATABASE_NODES.1: ')]);
});

test('no fault quotes a value', () => {
  const secret = 'hunter2-hunter2';
  const environments = [
    { ...LOGIN, DATABASE_NODES: `[{"password": "${secret}"` },
    nodesWith({ port: secret, host: 7, weight: secret, is_primary: secret }),
    { DATABASE_URL: `mysql://u:${secret}@h/d?x=${secret}` },
    { DATABASE_URL: `postgres://u:${secret}@/d?x=${secret}` },
    { DATABASE_URL: `postgres://u:${secret}@h/d?sslmode=${secret}` },
    // A password that was not escaped: what follows its ? is taken for a parameter.
    { DATABASE_URL: `postgres://u:12?${secret}@h/d` },
    { ...nodesWith({ ssl: secret, lat: secret, region: 7, ssl_ca_file: [secret] }), DATABASE_STRATEGY: secret },
    { ...nodesWith({}), DATABASE_LAT: secret, DATABASE_MAX_CONNECTIONS_PER_NODE: secret },
  ];
  for (const environment of environments) {
    const faults = faultsOf(environment);
    expect(faults).not.toEqual([]);
    expect(faults.join()).not.toContain(secret);
  }
});
