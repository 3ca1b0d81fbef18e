import { z } from 'zod';

/** One node as the documentation writes it ("Configuração de Nós"), with the keys of the other strategies kept. */
export const NodeAddress = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  database: z.string().min(1).max(63),
  weight: z.number().positive().max(1000).default(1),
  is_primary: z.boolean(),
  region: z.string().min(1).optional(),
  lat: z.number().min(-90).max(90).optional(),
  lon: z.number().min(-180).max(180).optional(),
  user: z.string().min(1).optional(),
  password_file: z.string().min(1).optional(),
});
export type NodeAddress = z.infer<typeof NodeAddress>;

/** What a URL says: a node, and perhaps who logs in there. */
export interface NodeUrl {
  node: NodeAddress;
  user?: string;
  password?: string;
}

const Nodes = z
  .array(NodeAddress)
  .refine((nodes) => new Set(nodes.map(({ id }) => id)).size === nodes.length, 'has an id twice')
  .refine((nodes) => nodes.filter((node) => node.is_primary).length === 1, 'needs exactly one node with is_primary');

/** `DATABASE_NODES`. Faults name places, never what stands there (a parser's own message would quote the text). */
export function parseNodes(text: string, context: z.RefinementCtx): NodeAddress[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not valid JSON' });
    return z.NEVER;
  }
  const nodes = Nodes.safeParse(json);
  if (nodes.success) return nodes.data;
  for (const issue of nodes.error.issues)
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  return z.NEVER;
}

/** `DATABASE_URL`: the one node, which is the primary. */
export function parseUrl(text: string, context: z.RefinementCtx): NodeUrl {
  const fault = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!URL.canParse(text)) return fault('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return fault('must begin with postgres://');
  if (url.search !== '') return fault(`takes no parameters: remove ${[...url.searchParams.keys()].join(', ')}`);
  const [database, user, password] = [url.pathname.slice(1), url.username, url.password].map(decoded);
  if (database === undefined || user === undefined || password === undefined)
    return fault('has a part whose percent-encoding is broken');
  if (url.hostname === '' || database === '') return fault('needs a host and a database');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 5432 : Number(url.port);
  return {
    node: { id: 'primary', host, port, database, weight: 1, is_primary: true },
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
