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
  one_time_tokens: (tenant_id, nth) => ({
    tenant_id,
    id: `ott_${nth}`,
    user_id: userId(tenant_id),
    purpose: 'invitation',
    token_hash: `${tenant_id}-${nth}`,
    expires_at: now,
    ended_at: nth === 1 ? null : now,
  }),
  password_reset_requests: (tenant_id, nth) => ({ tenant_id, id: `ott_${nth}`, email: 'user@x.example' }),
  api_keys: (tenant_id, nth) => ({
    tenant_id,
    id: `key_${nth}`,
    name: 'Key',
    key_hash: `${tenant_id}-${nth}`,
    role: 'viewer',
    scopes: ['devices:read'],
  }),
  customers: (tenant_id, nth) => ({ tenant_id, id: `cus_${nth}`, name: 'Customer' }),
  sites: (tenant_id, nth) => ({ tenant_id, id: `sit_${nth}`, customer_id: 'cus_1', name: 'Site' }),
  devices: (tenant_id, nth) => ({ tenant_id, id: `dev_${nth}` }),
  device_events: (tenant_id, nth) => ({
    tenant_id,
    id: `evt_${nth}`,
    device_id: 'dev_1',
    type: 'enrolled',
    details: '{}',
    occurred_at: now,
  }),
  enrollment_tokens: (tenant_id, nth) => ({
    tenant_id,
    id: `ent_${nth}`,
    token_hash: `${tenant_id}-${nth}`,
    expires_at: now,
    max_uses: 1,
  }),
  device_credentials: (tenant_id, nth) => ({
    tenant_id,
    id: `crd_${nth}`,
    device_id: 'dev_1',
    agent_id: `agent-${nth}`,
    secret_hash: `${tenant_id}-${nth}`,
    revoked_at: nth === 1 ? null : now,
  }),
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
  diagnostic_tags: (tenant_id, nth) => ({
    tenant_id,
    tag: `tag-${nth}`,
    created_at: now,
    diagnostic_id: 'dgn_1',
    device_id: 'dev_1',
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
  finding_transitions: (tenant_id, nth) => ({
    tenant_id,
    id: `evt_${nth}`,
    finding_id: 'fnd_1',
    device_id: 'dev_1',
    to_state: 'open',
    severity: 'warning',
    reason: 'seen',
    occurred_at: now,
  }),
  thresholds: (tenant_id, nth) => ({
    tenant_id,
    id: `thr_${nth}`,
    scope: 'device',
    device_id: 'dev_1',
    code: `FS_USED_${nth}`,
    levels: '{}',
  }),
  maintenance_windows: (tenant_id, nth) => ({
    tenant_id,
    id: `mtw_${nth}`,
    name: 'Window',
    device_id: 'dev_1',
    starts_at: now,
    ends_at: '2026-11-23T08:00:00Z',
  }),
  suppressions: (tenant_id, nth) => ({
    tenant_id,
    id: `evt_${nth}`,
    maintenance_window_id: 'mtw_1',
    finding_id: 'fnd_1',
    device_id: 'dev_1',
    event_type: 'finding.opened',
    severity: 'warning',
    title: 'Disk nearly full',
    occurred_at: now,
  }),
  measurements: (tenant_id, nth) => ({
    tenant_id,
    device_id: 'dev_1',
    metric: `disk.used_ratio.${nth}`,
    at: now,
    value: 91,
    diagnostic_id: 'dgn_1',
  }),
  audit_events: (tenant_id, nth) => ({
    tenant_id,
    id: `aud_${nth}`,
    actor_type: 'user',
    event_type: 'LOGIN_SUCCEEDED',
    success: true,
  }),
  audit_seals: (tenant_id, nth) => ({ tenant_id, sequence: nth, event_id: `aud_${nth}`, batch: nth, leaf: '\\x00' }),
  audit_heads: (tenant_id, nth) => ({
    tenant_id,
    batch: nth,
    from_sequence: nth,
    to_sequence: nth,
    root: '\\x00',
    previous: '\\x00',
    sealed_at: now,
    key_id: 'key',
    signature: '\\x00',
  }),
  audit_data_keys: (tenant_id, nth) => ({ tenant_id, id: `key_${nth}`, wrapped: '\\x00' }),
  audit_unsealed: (tenant_id, nth) => ({ tenant_id, event_id: `aud_unsealed_${nth}` }),
  api_usage: (tenant_id, nth) => ({
    tenant_id,
    minute: now,
    method: 'GET',
    route: `/api/v1/route-${nth}`,
    part: userId(tenant_id, nth),
    requests: 1,
    client_errors: 0,
    rejected: 0,
    server_errors: 0,
    aborted: 0,
    timed: 0,
    total_ms: 0,
    sketch: '\\x00',
  }),
  outbox: (tenant_id, nth) => ({ tenant_id, event_id: `evt_${nth}`, type: 'diagnostic.completed', payload: '{}' }),
  event_feed: (tenant_id, nth) => ({ tenant_id, event_id: `evt_${nth}`, type: 'finding.opened', data: '{}' }),
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
