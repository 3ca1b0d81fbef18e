import { readFileSync } from 'node:fs';
import { auditDataConfig, PersonalData, readable, type AuditDataConfig } from '@techze/audit';
import { loadConfig } from '@techze/config';
import type { Demo } from '@techze/testing';
import type { Client } from 'pg';
import type { EntityManager } from 'typeorm';

interface WithDetails {
  details?: Parameters<typeof readable>[0];
}

/** Rows of `audit_events` with their details as admins read them: in the database what is personal is encrypted. @param rows none of a script */
export async function withOpenedDetails<Row extends object>(
  client: Client,
  rows: Row[] | undefined,
  suite: Demo,
): Promise<Row[]> {
  for (const row of (rows ?? []) as (Row & WithDetails)[])
    if (JSON.stringify(row.details ?? null).includes('"$sealed"'))
      row.details = await opened(client, row.details, suite);
  return rows ?? [];
}

async function opened(client: Client, details: WithDetails['details'] = null, suite: Demo) {
  const { rows } = await client.query<{ tenant_id: string; id: string }>(
    'select tenant_id, id from audit_events where details::text = $1',
    [JSON.stringify(details)],
  );
  const [{ tenant_id, id } = { tenant_id: '', id: '' }] = rows;
  const manager = {
    query: async (sql: string, values: unknown[]) => (await client.query(sql, values)).rows,
  } as unknown as EntityManager;
  const config = loadConfig([auditDataConfig], gatewayEnvironment(suite)).get(auditDataConfig.token) as AuditDataConfig;
  const open = await new PersonalData(config).opener(manager, tenant_id);
  return readable(details, open({ id, details }));
}

/** What the gateway was started with. */
export function gatewayEnvironment(suite: Demo): NodeJS.ProcessEnv {
  const text = readFileSync(`/proc/${suite.services.gateway?.[0]?.pid}/environ`, 'utf8');
  return Object.fromEntries(text.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
}
