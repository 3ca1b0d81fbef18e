import { z } from 'zod';

/** How the way to a node is protected, in libpq's words; `require` encrypts without knowing who answers. */
export const sslModes = ['disable', 'require', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

const Ssl = z.union([z.boolean().transform((on): SslMode => (on ? 'verify-full' : 'disable')), z.enum(sslModes)], {
  error: `must be true, false, ${sslModes.join(', ')}`,
});

/** Nobody has more: a list that long was put together by mistake. */
const NODES_MAX = 64;

/** One node as the documentation writes it ("Configuração de Nós"), and where it is and how it is reached. */
export const NodeAddress = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
    host: z.string().regex(/^\S{1,255}$/, 'must be 1 to 255 characters without blanks'),
    port: z.number().int().min(1).max(65_535),
    database: z.string().min(1).max(63),
    weight: z.number().positive().max(1000).default(1),
    is_primary: z.boolean(),
    region: z.string().min(1).max(64).optional(),
    lat: z.number().min(-90).max(90).optional(),
    lon: z.number().min(-180).max(180).optional(),
    ssl: Ssl.default('disable'),
    ssl_ca_file: z.string().min(1).optional(),
    user: z.string().min(1).max(63).optional(),
    password_file: z.string().min(1).optional(),
  })
  .superRefine((node, context) => {
    const fault = (name: keyof typeof node, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    if (node.lat !== undefined && node.lon === undefined) fault('lon', 'is missing: lat alone is no place');
    if (node.lon !== undefined && node.lat === undefined) fault('lat', 'is missing: lon alone is no place');
    if (node.ssl_ca_file !== undefined && node.ssl !== 'verify-full')
      fault('ssl_ca_file', 'is not looked at unless ssl is verify-full (or true)');
  });
export type NodeAddress = z.infer<typeof NodeAddress>;

const Nodes = z
  .array(NodeAddress)
  .max(NODES_MAX)
  .superRefine((nodes, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const [ids, servers] = [new Set<string>(), new Set<string>()];
    for (const [index, { id, host, port }] of nodes.entries()) {
      const server = `${host.toLowerCase()} ${port}`;
      if (ids.has(id)) fault([index, 'id'], 'is the id of an earlier node');
      if (servers.has(server)) fault([index, 'host'], 'is, with its port, an earlier node');
      ids.add(id);
      servers.add(server);
    }
    if (nodes.filter((node) => node.is_primary).length !== 1) fault([], 'needs exactly one node with is_primary');
  });

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
