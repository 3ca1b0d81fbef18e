import { z } from 'zod';
import { sslModes, type NodeAddress } from './node-address.js';

/** What a URL says: a node, and perhaps who logs in there. */
export interface NodeUrl {
  node: NodeAddress;
  user?: string;
  password?: string;
}

const SslMode = z.enum(sslModes).default('disable');

/**
 * `DATABASE_URL`: the one node, which is the primary. Faults quote nothing of it, not even the names of parameters:
 * behind a `?` in an unescaped password they are part of the password.
 */
export function parseUrl(text: string, context: z.RefinementCtx): NodeUrl {
  const fault = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  if (!URL.canParse(text)) return fault('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return fault('must begin with postgres://');
  const { sslmode, ...others } = Object.fromEntries(url.searchParams);
  if (url.hash !== '' || Object.keys(others).length > 0 || url.searchParams.size > 1)
    return fault('takes one parameter, sslmode, and nothing else after the database');
  const ssl = SslMode.safeParse(sslmode);
  if (!ssl.success) return fault(`must have as sslmode one of ${sslModes.join(', ')}`);
  const [database, user, password] = [url.pathname.slice(1), url.username, url.password].map(decoded);
  if (database === undefined || user === undefined || password === undefined)
    return fault('has a part whose percent-encoding is broken');
  if (url.hostname === '' || database === '') return fault('needs a host and a database');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 5432 : Number(url.port);
  return {
    node: { id: 'primary', host, port, database, weight: 1, is_primary: true, ssl: ssl.data },
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
