import { defineSection, integer, type SectionValue } from '@techze/config';
import { z } from 'zod';
import { parseNodes, parseUrl, type NodeAddress, type NodeUrl } from './node-address.js';

/** A node and who logs in there. A password that lives in a file is read at each connect, so it may be rotated. */
export type DatabaseNode = NodeAddress & { user: string; password?: string | undefined };

export const databaseConfig = defineSection(
  'database',
  {
    DATABASE_NODES: z
      .string()
      .transform(parseNodes)
      .optional()
      .describe('JSON array of the database nodes: id, host, port, database, weight, is_primary; exactly one primary.'),
    DATABASE_URL: z
      .string()
      .transform(parseUrl)
      .optional()
      .describe('Instead of DATABASE_NODES: one node, postgres://user:password@host:port/database.'),
    DATABASE_USER: z.string().optional().describe('Login role of this process on every node that names none.'),
    DATABASE_PASSWORD: z.string().optional().describe('Its password.'),
    DATABASE_MAX_CONNECTIONS_PER_NODE: integer(1, 100, 20).describe('Connections of this process to one node.'),
    DATABASE_ACQUIRE_TIMEOUT_MS: integer(100, 300_000, 30_000).describe('Longest wait for a free connection.'),
    DATABASE_IDLE_TIMEOUT_MS: integer(1000, 3_600_000, 300_000).describe('Idle connections are closed after it.'),
    DATABASE_MAX_LIFETIME_MS: integer(1000, 86_400_000, 3_600_000).describe('Connections are renewed after it.'),
    DATABASE_STATEMENT_TIMEOUT_MS: integer(100, 600_000, 10_000).describe('Longest statement; a deadline shortens it.'),
  },
  (variables, context) => ({
    nodes: nodesOf(variables, context),
    maxConnectionsPerNode: variables.DATABASE_MAX_CONNECTIONS_PER_NODE,
    acquireTimeoutMs: variables.DATABASE_ACQUIRE_TIMEOUT_MS,
    idleTimeoutMs: variables.DATABASE_IDLE_TIMEOUT_MS,
    maxLifetimeMs: variables.DATABASE_MAX_LIFETIME_MS,
    statementTimeoutMs: variables.DATABASE_STATEMENT_TIMEOUT_MS,
  }),
);
export type DatabaseConfig = SectionValue<typeof databaseConfig>;

interface NodeVariables {
  DATABASE_NODES?: NodeAddress[] | undefined;
  DATABASE_URL?: NodeUrl | undefined;
  DATABASE_USER?: string | undefined;
  DATABASE_PASSWORD?: string | undefined;
}

/** The process's own login goes before what a URL carries; a node that names a user keeps it. */
function nodesOf(variables: NodeVariables, context: z.RefinementCtx): readonly DatabaseNode[] {
  const fault = (name: keyof NodeVariables, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
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
