import { Client, DatabaseError } from 'pg';
import { z } from 'zod';
import { LocalStackError } from '../local-stack-error.js';
import { reasonOf } from './reason-of.js';
import type { DatabaseServers, NodeSettings } from './servers.js';

const LIMIT_MS = 3_000;

/** The documentation's shape; credentials of a node are ours to use, not the apps' to see. */
const Nodes = z
  .array(
    z.looseObject({
      id: z.string().min(1),
      host: z.string().min(1),
      port: z.number().int().min(1).max(65_535),
      database: z.string().min(1),
      weight: z.number().default(1),
      is_primary: z.boolean(),
      user: z.string().optional(),
      password: z.string().optional(),
    }),
  )
  .refine((nodes) => nodes.filter((node) => node.is_primary).length === 1, 'needs exactly one node with is_primary');

interface Variables {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_NODES?: string | undefined;
}

interface ExternalNode {
  readonly variable: 'DATABASE_URL' | 'DATABASE_NODES';
  readonly settings: NodeSettings;
  /** A superuser's URL. */
  readonly url: string;
}

/**
 * The database that the environment names, checked to be there.
 * DATABASE_NODES gives the topology, DATABASE_URL (a superuser's) the credentials that nodes lack; alone it is the one node.
 * @returns undefined when neither is set
 * @throws LocalStackError one line: variable, host, port, reason; never a password
 */
export async function externalDatabase(variables: Variables): Promise<DatabaseServers | undefined> {
  const nodes = externalNodes(variables);
  const primary = nodes?.find((node) => node.settings.is_primary);
  if (!nodes || !primary) return undefined;
  await Promise.all(nodes.map(reach));
  return {
    adminUrl: primary.url,
    nodes: nodes.map((node) => node.settings),
    demo: {
      superuser_url: primary.url,
      nodes: nodes.map(({ settings, url }) => ({
        id: settings.id,
        url,
        is_primary: settings.is_primary,
        data_dir: null,
      })),
    },
  };
}

export function externalNodes({ DATABASE_URL, DATABASE_NODES }: Variables): ExternalNode[] | undefined {
  const url = DATABASE_URL ? parseUrl(DATABASE_URL) : undefined;
  if (!DATABASE_NODES) return url && [{ variable: 'DATABASE_URL', settings: onlyNode(url), url: url.href }];
  return parseNodes(DATABASE_NODES).map(({ user, password, ...settings }) => {
    const own = url ? new URL(url) : new URL('postgres://host');
    own.hostname = settings.host;
    own.port = String(settings.port);
    own.pathname = `/${settings.database}`;
    if (user !== undefined) own.username = encodeURIComponent(user);
    if (password !== undefined) own.password = encodeURIComponent(password);
    if (!own.username)
      throw new LocalStackError(
        `DATABASE_NODES (${settings.id}): no superuser to prepare it with: set DATABASE_URL, or user and password of the node`,
      );
    return { variable: 'DATABASE_NODES', settings, url: own.href };
  });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw new LocalStackError('DATABASE_URL: is not a postgres://user:password@host:port/database URL');
  if (url.pathname.length < 2) url.pathname = '/techze';
  return url;
}

function parseNodes(text: string): z.output<typeof Nodes> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new LocalStackError('DATABASE_NODES: is not valid JSON');
  }
  const nodes = Nodes.safeParse(json);
  if (nodes.success) return nodes.data;
  const [issue] = nodes.error.issues;
  const place = issue && issue.path.length > 0 ? `${issue.path.join('.')} ` : '';
  throw new LocalStackError(`DATABASE_NODES: ${place}${issue?.message ?? 'is not a list of nodes'}`);
}

function onlyNode(url: URL): NodeSettings {
  return {
    id: 'primary',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)),
    weight: 1,
    is_primary: true,
  };
}

async function reach({ variable, settings, url }: ExternalNode): Promise<void> {
  const which = variable === 'DATABASE_NODES' ? `${variable} (${settings.id})` : variable;
  const where = `${which}: ${settings.host}:${settings.port}`;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: LIMIT_MS });
  client.on('error', () => {}); // connect() rejects with it
  try {
    await client.connect();
    if (settings.is_primary) await mustBePreparable(client, where);
  } catch (error) {
    if (error instanceof LocalStackError) throw error;
    const { code } = error as { code?: string };
    if (code === '3D000') return; // the server is there, the database will be made
    if (error instanceof DatabaseError)
      throw new LocalStackError(
        `${where} refuses: ${error.message}${code === '42501' ? ': a superuser is needed' : ''}`,
      );
    throw new LocalStackError(`${which}: cannot reach ${settings.host}:${settings.port}: ${reasonOf(error, LIMIT_MS)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Roles are made on it, so it has to be a primary, and we a superuser. */
async function mustBePreparable(client: Client, where: string): Promise<void> {
  const { rows } = await client.query<{ standby: boolean; superuser: boolean }>(
    'select pg_is_in_recovery() as standby, rolsuper as superuser from pg_roles where rolname = current_user',
  );
  if (rows[0]?.standby) throw new LocalStackError(`${where} is a standby: name its primary`);
  if (!rows[0]?.superuser)
    throw new LocalStackError(`${where}: this user is no superuser, and one is needed to prepare it`);
}
