import { createHash } from 'node:crypto';

/** Column values of one valid row of a table. */
export type SampleRow = Readonly<Record<string, unknown>>;

/** A user's id that is the same each time it is asked for. */
export function userId(tenant: string, nth = 1): string {
  const hex = createHash('sha256').update(`${tenant} ${nth}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const now = '2026-11-22T08:00:00Z';

/**
 * The nth minimal row of a tenant in each table, parents first; children belong to the tenant's first parents.
 * A table that is missing here fails the row security test: add it, and it is covered.
 */
export const sampleRows: Readonly<Record<string, (tenant: string, nth: number) => SampleRow>> = {
  tenants: (tenant, nth) => ({ id: nth === 1 ? tenant : `${tenant}_${nth}`, name: tenant }),
  users: (tenant_id, nth) => ({
    id: userId(tenant_id, nth),
    tenant_id,
    email: `user-${nth}@${tenant_id}.example`,
    name: 'User',
    role: 'viewer',
    password_hash: 'none',
  }),
  sessions: (tenant_id, nth) => ({
    tenant_id,
    id: `ses_${nth}`,
    user_id: userId(tenant_id),
    idle_expires_at: now,
    expires_at: now,
  }),
  refresh_tokens: (tenant_id, nth) => ({ tenant_id, token_hash: `${tenant_id}-${nth}`, session_id: 'ses_1' }),
  devices: (tenant_id, nth) => ({ tenant_id, id: `dev_${nth}` }),
  diagnostics: (tenant_id, nth) => ({
    tenant_id,
    id: `dgn_${nth}`,
    device_id: 'dev_1',
    type: 'full',
    status: 'completed',
    collected_at: now,
    schema_version: 1,
  }),
  diagnostic_sections: (tenant_id, nth) => ({
    tenant_id,
    diagnostic_id: 'dgn_1',
    name: `section${nth}`,
    status: 'ok',
    data: '{}',
  }),
  findings: (tenant_id, nth) => ({
    tenant_id,
    id: `fnd_${nth}`,
    device_id: 'dev_1',
    key: `FS_USED:${nth}`,
    category: 'storage',
    code: 'FS_USED',
    severity: 'warning',
    title: 'Disk nearly full',
    evidence: '{}',
    points: 4,
    state: 'open',
    first_seen: now,
    last_seen: now,
    last_diagnostic_id: 'dgn_1',
  }),
  audit_events: (tenant_id, nth) => ({
    tenant_id,
    id: `aud_${nth}`,
    actor_type: 'user',
    event_type: 'LOGIN_SUCCEEDED',
    success: true,
  }),
  outbox: (tenant_id, nth) => ({ tenant_id, event_id: `evt_${nth}`, type: 'diagnostic.completed', payload: '{}' }),
  inbox: (tenant_id, nth) => ({ tenant_id, event_id: `evt_${nth}`, consumer: 'ai' }),
  idempotency_keys: (tenant_id, nth) => ({ tenant_id, route: 'POST /x', key: `key-${nth}`, request_hash: 'hash' }),
};

/** The statement that inserts a row, and its values. */
export function insertion(table: string, row: SampleRow): { text: string; values: unknown[] } {
  const places = Object.keys(row).map((_column, index) => `$${index + 1}`);
  return {
    text: `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')})`,
    values: Object.values(row),
  };
}
