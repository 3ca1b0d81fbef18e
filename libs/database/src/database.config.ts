import { defineSection, integer, optionalInteger, type SectionValue } from '@techze/config';
import { z } from 'zod';
import { strategies, type Place } from './balancing/balancer.js';
import { parseNodes, type NodeAddress } from './node-address.js';
import { parseUrl, type NodeUrl } from './node-url.js';

/** A node and who logs in there. A password that lives in a file is read at each connect, so it may be rotated. */
export type DatabaseNode = NodeAddress & { user: string; password?: string | undefined };

/** Kept open and ready on each node, and multiplexed among them; fewer where the maximum leaves no room. */
const MIN_CONNECTIONS = 5;
const SHARED_CONNECTIONS = 2;

export const databaseConfig = defineSection(
  'database',
  {
    DATABASE_NODES: z
      .string()
      .transform(parseNodes)
      .optional()
      .describe(
        'JSON array of the database nodes: id, host, port, database, weight, is_primary; exactly one primary. See docs/DATABASE.md.',
      ),
    DATABASE_URL: z
      .string()
      .transform(parseUrl)
      .optional()
      .describe(
        'Instead of DATABASE_NODES: one node, postgres://user:password@host:port/database?sslmode=verify-full.',
      ),
    DATABASE_USER: z.string().optional().describe('Login role of this process on every node that names none.'),
    DATABASE_PASSWORD: z.string().optional().describe('Its password.'),
    DATABASE_STRATEGY: z
      .enum(strategies, { error: `must be one of ${strategies.join(', ')}` })
      .default('weighted_round_robin')
      .describe('How reads are shared out: round_robin, least_connections, weighted_round_robin or geographic.'),
    DATABASE_REGION: z
      .string()
      .max(64, 'must be at most 64 characters')
      .optional()
      .describe('Region of this process, for geographic.'),
    DATABASE_LAT: degrees(90).describe('Where this process is, for geographic: degrees north.'),
    DATABASE_LON: degrees(180).describe('Degrees east.'),
    DATABASE_MIN_CONNECTIONS_PER_NODE: optionalInteger(0, 100).describe(
      'Connections to one node that are kept open; 5 when not set, or the maximum where that is less.',
    ),
    DATABASE_MAX_CONNECTIONS_PER_NODE: integer(1, 100, 20).describe('Connections of this process to one node.'),
    DATABASE_SHARED_CONNECTIONS_PER_NODE: optionalInteger(0, 16).describe(
      'How many of them carry the quick reads of many requests at once; 2 when not set, or one less than the maximum where that is less. 0: none.',
    ),
    DATABASE_MAX_WAITING_PER_NODE: integer(0, 100_000, 500).describe(
      'How many may wait for a connection to one node; more are refused at once.',
    ),
    DATABASE_ACQUIRE_TIMEOUT_MS: integer(100, 300_000, 30_000).describe('Longest wait for a free connection.'),
    DATABASE_IDLE_TIMEOUT_MS: integer(1000, 3_600_000, 300_000).describe('Idle connections are closed after it.'),
    DATABASE_MAX_LIFETIME_MS: integer(1000, 86_400_000, 3_600_000).describe('Connections are renewed after it.'),
    DATABASE_STATEMENT_TIMEOUT_MS: integer(100, 600_000, 10_000).describe('Longest statement; a deadline shortens it.'),
    DATABASE_MAX_REPLICA_LAG_MS: integer(100, 60_000, 10_000).describe(
      'A replica that is further behind serves no reads.',
    ),
    DATABASE_BREAKER_OPEN_MS: integer(100, 3_600_000, 60_000).describe(
      'How long a node is left alone after five faults in a row.',
    ),
    DATABASE_BREAKER_RAMP_STEP_MS: integer(10, 600_000, 5000).describe(
      'Then it takes 10, 25, 50 and 100 % of its share, each for this long at least.',
    ),
    DATABASE_LEAK_AFTER_MS: integer(100, 3_600_000, 30_000).describe(
      'A connection held for longer is logged with where it was taken.',
    ),
  },
  (variables, context) => {
    const fault: Fault = (name, message) => context.addIssue({ code: 'custom', path: [name], message });
    const nodes = nodesOf(variables, fault);
    const here = placeOf(variables, fault);
    if (variables.DATABASE_STRATEGY === 'geographic') checkPlaces(here, nodes, fault);
    return {
      nodes,
      strategy: variables.DATABASE_STRATEGY,
      here,
      ...connectionsOf(variables, fault),
      maxWaitingPerNode: variables.DATABASE_MAX_WAITING_PER_NODE,
      acquireTimeoutMs: variables.DATABASE_ACQUIRE_TIMEOUT_MS,
      idleTimeoutMs: variables.DATABASE_IDLE_TIMEOUT_MS,
      maxLifetimeMs: variables.DATABASE_MAX_LIFETIME_MS,
      statementTimeoutMs: variables.DATABASE_STATEMENT_TIMEOUT_MS,
      maxReplicaLagMs: variables.DATABASE_MAX_REPLICA_LAG_MS,
      breakerOpenMs: variables.DATABASE_BREAKER_OPEN_MS,
      breakerRampStepMs: variables.DATABASE_BREAKER_RAMP_STEP_MS,
      leakAfterMs: variables.DATABASE_LEAK_AFTER_MS,
    };
  },
);
export type DatabaseConfig = SectionValue<typeof databaseConfig>;

type Fault = (name: `DATABASE_${string}`, message: string) => void;

interface NodeVariables {
  DATABASE_NODES?: NodeAddress[] | undefined;
  DATABASE_URL?: NodeUrl | undefined;
  DATABASE_USER?: string | undefined;
  DATABASE_PASSWORD?: string | undefined;
}

/** The process's own login goes before what a URL carries; a node that names a user keeps it. */
function nodesOf(variables: NodeVariables, fault: Fault): readonly DatabaseNode[] {
  const url = variables.DATABASE_URL;
  if (variables.DATABASE_NODES && url) fault('DATABASE_URL', 'set it or DATABASE_NODES, not both');
  const addresses = variables.DATABASE_NODES ?? (url && [url.node]) ?? [];
  if (addresses.length === 0)
    fault('DATABASE_NODES', 'is missing: the nodes of the database as JSON (or set DATABASE_URL)');

  const user = variables.DATABASE_USER ?? url?.user;
  const password = variables.DATABASE_PASSWORD ?? url?.password;
  if (user === undefined && addresses.some((node) => node.user === undefined))
    fault('DATABASE_USER', 'is missing: the login role of this process');
  if (password === undefined && addresses.some((node) => node.password_file === undefined))
    fault('DATABASE_PASSWORD', 'is missing: the password of the login role');
  return addresses.map((node) => ({
    ...node,
    user: node.user ?? user ?? '',
    ...(node.password_file === undefined && { password }),
  }));
}

interface PlaceVariables {
  DATABASE_REGION?: string | undefined;
  DATABASE_LAT?: number | undefined;
  DATABASE_LON?: number | undefined;
}

function placeOf(variables: PlaceVariables, fault: Fault): Place {
  const { DATABASE_REGION: region, DATABASE_LAT: lat, DATABASE_LON: lon } = variables;
  if (lat !== undefined && lon === undefined) fault('DATABASE_LON', 'is missing: DATABASE_LAT alone is no place');
  if (lon !== undefined && lat === undefined) fault('DATABASE_LAT', 'is missing: DATABASE_LON alone is no place');
  return { region, lat, lon };
}

/** Where nothing can be compared the strategy would be another one in all but name. */
function checkPlaces(here: Place, nodes: readonly Place[], fault: Fault): void {
  if (here.region === undefined && here.lat === undefined && here.lon === undefined)
    fault('DATABASE_REGION', 'is missing: geographic needs it, or DATABASE_LAT and DATABASE_LON');
  else if (!nodes.some((node) => (here.region && node.region) || (here.lat !== undefined && node.lat !== undefined)))
    fault('DATABASE_NODES', 'has no node with a place that geographic could compare with that of this process');
}

interface ConnectionVariables {
  DATABASE_MIN_CONNECTIONS_PER_NODE?: number | undefined;
  DATABASE_MAX_CONNECTIONS_PER_NODE: number;
  DATABASE_SHARED_CONNECTIONS_PER_NODE?: number | undefined;
}

/** Shared connections count as connections; one at least is left for whoever needs one alone. */
function connectionsOf(variables: ConnectionVariables, fault: Fault) {
  const max = variables.DATABASE_MAX_CONNECTIONS_PER_NODE;
  const min = variables.DATABASE_MIN_CONNECTIONS_PER_NODE ?? Math.min(MIN_CONNECTIONS, max);
  const shared = variables.DATABASE_SHARED_CONNECTIONS_PER_NODE ?? Math.min(SHARED_CONNECTIONS, max - 1);
  if (min > max) fault('DATABASE_MIN_CONNECTIONS_PER_NODE', 'must be at most DATABASE_MAX_CONNECTIONS_PER_NODE');
  if (shared >= max)
    fault('DATABASE_SHARED_CONNECTIONS_PER_NODE', 'must be less than DATABASE_MAX_CONNECTIONS_PER_NODE');
  return { minConnectionsPerNode: min, maxConnectionsPerNode: max, sharedConnectionsPerNode: shared };
}

/** Decimal degrees, or nothing. */
function degrees(limit: number) {
  return z
    .string()
    .regex(/^-?\d{1,3}(\.\d+)?$/, 'must be decimal degrees, such as -23.55')
    .transform(Number)
    .pipe(z.number().min(-limit, `must be at least ${-limit}`).max(limit, `must be at most ${limit}`))
    .optional();
}
