import { Client } from 'pg';
import { sharedSuite, type Demo } from '@techze/testing';
import { withOpenedDetails } from './opened-details.js';

/** Rows as the superuser sees them, past every policy: what is really there, but for what is encrypted in audit records. */
export async function rows<Row extends object>(
  sql: string,
  parameters: readonly unknown[] = [],
  suite: Demo = sharedSuite(),
): Promise<Row[]> {
  const client = new Client({ connectionString: suite.postgres.superuser_url });
  await client.connect();
  try {
    return await withOpenedDetails(client, (await client.query<Row>(sql, [...parameters])).rows, suite);
  } finally {
    await client.end();
  }
}

/** How many rows of a query there are. */
export async function count(sql: string, parameters: readonly unknown[] = [], suite?: Demo): Promise<number> {
  const [row] = await rows<{ count: string }>(`select count(*) from (${sql}) as counted`, parameters, suite);
  return Number(row?.count);
}
