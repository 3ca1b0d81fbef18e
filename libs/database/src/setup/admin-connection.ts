import { Client } from 'pg';

/** One advisory lock for all set-up work: whoever comes second waits, then finds it done. */
const SETUP_LOCK = 7_309_448_211;

/** Runs `work` on a connection of its own. */
export async function withConnection<T>(url: URL, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url.href, application_name: 'techze migrate' });
  client.on('error', () => undefined); // Whatever statement is under way fails with it.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` on a connection of its own that holds the set-up lock of that database. */
export function withLockedConnection<T>(url: URL, work: (client: Client) => Promise<T>): Promise<T> {
  return withConnection(url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [SETUP_LOCK]);
    return work(client);
  });
}

/** The same server, another database. */
export function withDatabase(url: URL, database: string): URL {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other;
}

export function databaseOf(url: URL): string {
  return decodeURIComponent(url.pathname.slice(1));
}
