import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testDatabase } from '@techze/testing';
import { Client } from 'pg';
import { installedPostgres, startInstalled } from './support/postgres-versions.js';

const runbooks = join(__dirname, '..', '..', '..', 'docs', 'runbooks');

/** What somebody copies out of the runbooks at night. */
const statements = readdirSync(runbooks).flatMap((file) => {
  const text = readFileSync(join(runbooks, file), 'utf8');
  return [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']): [string, string] => [file, sql.trim()]);
});

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

test('there are statements to try', () => expect(statements.length).toBeGreaterThan(8));

test("every statement of the runbooks runs on the suite's own PostgreSQL", async () => {
  const fresh = await testDatabase();
  try {
    await withClient(fresh.adminUrl(), async (client) => {
      for (const [file, sql] of statements) {
        // Other tests are on this server too: nobody's connection is ended.
        const harmless = sql.includes('pg_terminate_backend') ? `EXPLAIN ${sql}` : sql;
        await expect(client.query(harmless).then(() => file)).resolves.toBe(file);
      }
    });
  } finally {
    await fresh.drop();
  }
}, 60_000);

test.each(installedPostgres().map(({ version, programs }): [number, string] => [version, programs]))(
  'and is understood by PostgreSQL %i of this machine',
  async (_version, programs) => {
    const server = await startInstalled(programs);
    try {
      await withClient(server.url('postgres'), async (client) => {
        await client.query('CREATE EXTENSION pg_stat_statements');
        // Planned, not run: the extension's library is not loaded there.
        for (const [file, sql] of statements)
          await expect(client.query(`EXPLAIN ${sql}`).then(() => file)).resolves.toBe(file);
      });
    } finally {
      await server.stop();
    }
  },
  60_000,
);
