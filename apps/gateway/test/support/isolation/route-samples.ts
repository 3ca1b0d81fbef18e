import { randomUUID } from 'node:crypto';
import { diagnosticBody } from '../diagnostics.js';
import { machine } from '../enrollment.js';
import type { Kind, Things } from './things.js';

export const ROLES = ['viewer', 'technician', 'manager', 'admin', 'operator', 'agent'] as const;
export type RoleName = (typeof ROLES)[number];

/** A route as api.md has it, and a request of it that is right. */
export interface RouteSample {
  /** Who may, by api.md and not by the code; 'anyone' needs no credential. */
  readonly roles: readonly RoleName[] | 'anyone';
  /** What each of its parameters names; a text is taken as it is. */
  readonly params?: Readonly<Record<string, Kind | { readonly text: string }>>;
  /** What a request of it has to carry besides. */
  readonly query?: (things: Things) => string;
  /** A body that is right; `mine` are the caller's things. */
  readonly body?: (mine: Things) => object | undefined;
  /** Bodies that name things of somebody else. */
  readonly foreign?: (mine: Things, theirs: Things) => readonly object[];
  /** What it may answer to whoever may, besides 2xx and 412. */
  readonly own?: readonly number[];
  /** It takes API keys too. */
  readonly keys?: true;
  /** Only what belongs to the caller himself is there for him. */
  readonly personal?: true;
  /** It is the installation's: no tenant is another one's there. */
  readonly ofInstallation?: true;
  /** It ends the session that asks: with one of its own each time. */
  readonly endsSession?: true;
  /** Its answer has no end. */
  readonly isStream?: true;
}

const people = ['viewer', 'technician', 'manager', 'admin'] as const;
const technicians = ['technician', 'manager', 'admin'] as const;
const managers = ['manager', 'admin'] as const;
const everybody = [...people, 'operator'] as const;

const byId = (kind: Kind) => ({ id: kind });
const read = (kind: Kind): RouteSample => ({ roles: people, params: byId(kind), keys: true });
const list: RouteSample = { roles: people, keys: true };

/** A diagnostic of that device. */
function diagnosticOf(device_id: string, changes: object = {}): Record<string, unknown> {
  const { device: _device, ...body } = diagnosticBody({ device_id, ...changes });
  return body;
}

const inAYear = () => new Date(Date.now() + 365 * 86_400_000).toISOString();
const window = (place: object) => ({
  name: 'Window',
  starts_at: inAYear(),
  ends_at: new Date(Date.now() + 366 * 86_400_000).toISOString(),
  ...place,
});
const override = (place: object) => ({ code: 'MEMORY_USED', levels: { warning: 91 }, ...place });
const password = () => `a long enough pass ${randomUUID()}`;

/**
 * Every route of the API. One that is missing here fails the isolation test: add it with the roles that api.md gives it,
 * and a request that is right, and it is covered.
 */
export const routeSamples: Readonly<Record<string, RouteSample>> = {
  'POST /api/v1/auth/login': {
    roles: 'anyone',
    body: () => ({ email: 'nobody@nowhere.example', password: password() }),
    own: [401],
  },
  'POST /api/v1/auth/refresh': { roles: 'anyone', body: () => ({ refresh_token: 'none' }), own: [401, 422] },
  'POST /api/v1/auth/logout': { roles: everybody, endsSession: true },
  'GET /api/v1/auth/me': { roles: everybody },
  'GET /api/v1/auth/sessions': { roles: everybody },
  'DELETE /api/v1/auth/sessions': { roles: everybody, endsSession: true },
  'DELETE /api/v1/auth/sessions/{id}': { roles: everybody, params: byId('session'), personal: true },
  'GET /.well-known/jwks.json': { roles: 'anyone' },
  'GET /api/v1/health': { roles: 'anyone' },

  'POST /api/v1/auth/password': {
    roles: everybody,
    body: () => ({ current_password: password(), new_password: password() }),
    own: [422],
  },
  'POST /api/v1/auth/password-reset': { roles: 'anyone', body: () => ({ email: 'nobody@nowhere.example' }) },
  'POST /api/v1/auth/password-reset/confirm': {
    roles: 'anyone',
    body: () => ({ token: `tzo_${'x'.repeat(43)}`, new_password: password() }),
    own: [401, 422],
  },
  'POST /api/v1/auth/invitations/accept': {
    roles: 'anyone',
    body: () => ({ token: `tzo_${'x'.repeat(43)}`, password: password() }),
    own: [401, 422],
  },

  'POST /api/v1/users': {
    roles: ['admin'],
    body: () => ({ email: `${randomUUID()}@example.com`, name: 'User', role: 'viewer' }),
  },
  'GET /api/v1/users': { roles: ['admin'] },
  'GET /api/v1/users/{id}': { roles: ['admin'], params: byId('user') },
  'PATCH /api/v1/users/{id}': { roles: ['admin'], params: byId('user'), body: () => ({ name: 'Changed' }) },
  'DELETE /api/v1/users/{id}': { roles: ['admin'], params: byId('user') },
  'POST /api/v1/users/{id}/invitation': { roles: ['admin'], params: byId('user') },

  'POST /api/v1/tenants': {
    ...{ roles: ['operator'], ofInstallation: true },
    body: () => ({ name: 'Tenant', admin: { email: `${randomUUID()}@example.com`, name: 'Admin' } }),
  },
  'GET /api/v1/tenants': { roles: ['operator'], ofInstallation: true },
  'GET /api/v1/tenants/{id}': { roles: ['operator'], ofInstallation: true, params: byId('tenant') },
  'PATCH /api/v1/tenants/{id}': {
    ...{ roles: ['operator'], ofInstallation: true, params: byId('tenant') },
    body: () => ({ name: 'Changed' }),
  },
  'POST /api/v1/tenants/{id}/suspend': { roles: ['operator'], ofInstallation: true, params: byId('tenant') },
  'POST /api/v1/tenants/{id}/resume': { roles: ['operator'], ofInstallation: true, params: byId('tenant') },

  'POST /api/v1/api-keys': {
    roles: ['admin'],
    body: () => ({ name: 'Key', role: 'viewer', scopes: ['devices:read'] }),
    own: [409],
  },
  'GET /api/v1/api-keys': { roles: ['admin'] },
  'GET /api/v1/api-keys/{id}': { roles: ['admin'], params: byId('apiKey') },
  'DELETE /api/v1/api-keys/{id}': { roles: ['admin'], params: byId('apiKey') },

  'POST /api/v1/enrollment-tokens': {
    roles: ['admin'],
    body: () => ({}),
    foreign: (_mine, { site }) => [{ site_id: site }],
  },
  'GET /api/v1/enrollment-tokens': { roles: ['admin'] },
  'DELETE /api/v1/enrollment-tokens/{id}': { roles: ['admin'], params: byId('enrollmentToken') },
  'POST /api/v1/devices/enroll': {
    roles: 'anyone',
    body: () => ({ token: `tze_${'x'.repeat(43)}`, device: machine(), agent: { id: randomUUID(), version: '1.0.0' } }),
    own: [401],
  },

  'POST /api/v1/customers': { roles: technicians, body: () => ({ name: 'Customer' }), keys: true },
  'GET /api/v1/customers': list,
  'GET /api/v1/customers/{id}': read('customer'),
  'PATCH /api/v1/customers/{id}': { ...read('customer'), roles: technicians, body: () => ({ notes: 'changed' }) },
  'DELETE /api/v1/customers/{id}': { ...read('customer'), roles: technicians, own: [409] },

  'POST /api/v1/sites': {
    roles: technicians,
    keys: true,
    body: ({ customer }) => ({ customer_id: customer, name: 'Site' }),
    foreign: (_mine, { customer }) => [{ customer_id: customer, name: 'Site' }],
  },
  'GET /api/v1/sites': list,
  'GET /api/v1/sites/{id}': read('site'),
  'PATCH /api/v1/sites/{id}': {
    ...read('site'),
    roles: technicians,
    body: () => ({ notes: 'changed' }),
    foreign: (_mine, { customer }) => [{ customer_id: customer }],
  },
  'DELETE /api/v1/sites/{id}': { ...read('site'), roles: technicians, own: [409] },

  'POST /api/v1/devices': {
    roles: technicians,
    keys: true,
    body: () => machine(),
    foreign: (_mine, { site }) => [machine({ site_id: site })],
  },
  'GET /api/v1/devices': list,
  'GET /api/v1/devices/{id}': { ...read('device'), roles: [...people, 'agent'] },
  'PATCH /api/v1/devices/{id}': {
    ...read('device'),
    roles: technicians,
    body: () => ({ notes: 'changed' }),
    foreign: (_mine, { site }) => [{ site_id: site }],
  },
  'DELETE /api/v1/devices/{id}': { ...read('device'), roles: managers },
  'POST /api/v1/devices/{id}/revoke': { ...read('device'), roles: managers },
  'DELETE /api/v1/devices/{id}/credential': { ...read('device'), roles: managers },

  'POST /api/v1/diagnostics': {
    roles: [...technicians, 'agent'],
    keys: true,
    body: ({ device }) => diagnosticOf(device),
    foreign: ({ device }, theirs) => [
      diagnosticOf(theirs.device),
      diagnosticOf(device, { diagnostic_id: theirs.diagnostic }),
      diagnosticOf(theirs.device, { diagnostic_id: theirs.diagnostic }),
    ],
  },
  'GET /api/v1/diagnostics': { roles: [...people, 'agent'], keys: true },
  'POST /api/v1/diagnostics/batch': {
    roles: [...technicians, 'agent'],
    keys: true,
    body: ({ device }) => ({ diagnostics: [diagnosticOf(device)] }),
    foreign: ({ device }, theirs) => [
      { diagnostics: [diagnosticOf(theirs.device), diagnosticOf(device, { diagnostic_id: theirs.diagnostic })] },
    ],
  },
  'GET /api/v1/diagnostics/{id}': { ...read('diagnostic'), roles: [...people, 'agent'] },
  'PATCH /api/v1/diagnostics/{id}': { ...read('diagnostic'), roles: technicians, body: () => ({ notes: 'changed' }) },
  'DELETE /api/v1/diagnostics/{id}': { ...read('diagnostic'), roles: managers },
  'POST /api/v1/diagnostics/{id}/rescore': { ...read('diagnostic'), roles: technicians },
  'GET /api/v1/diagnostics/{id}/diff': { ...read('diagnostic'), query: ({ earlier }) => `against=${earlier}` },
  'GET /api/v1/diagnostics/{id}/report': read('diagnostic'),

  'GET /api/v1/findings': list,
  'GET /api/v1/findings/{id}': read('finding'),
  'POST /api/v1/findings/{id}/acknowledge': {
    ...read('finding'),
    roles: technicians,
    body: () => ({ rule: 'grows', reason: 'known' }),
  },
  'POST /api/v1/findings/{id}/resolve': { ...read('finding'), roles: technicians, body: () => ({ reason: 'done' }) },
  'POST /api/v1/findings/{id}/false-positive': {
    ...read('finding'),
    roles: technicians,
    body: () => ({ reason: 'no' }),
  },

  'POST /api/v1/thresholds': {
    roles: managers,
    keys: true,
    body: ({ device }) => override({ scope: 'device', device_id: device }),
    foreign: (_mine, { site, device }) => [
      override({ scope: 'site', site_id: site }),
      override({ scope: 'device', device_id: device }),
    ],
    own: [409],
  },
  'GET /api/v1/thresholds': { roles: managers, keys: true },
  'GET /api/v1/thresholds/checks': list,
  'GET /api/v1/thresholds/effective': { ...list, query: ({ device }) => `device_id=${device}` },
  'POST /api/v1/thresholds/preview': {
    roles: managers,
    keys: true,
    body: ({ device }) => override({ scope: 'device', device_id: device }),
    foreign: (_mine, { site, device }) => [
      override({ scope: 'site', site_id: site }),
      override({ scope: 'device', device_id: device }),
    ],
  },
  'GET /api/v1/thresholds/{id}': { ...read('threshold'), roles: managers },
  'PATCH /api/v1/thresholds/{id}': { ...read('threshold'), roles: managers, body: () => ({ levels: { warning: 92 } }) },
  'DELETE /api/v1/thresholds/{id}': { ...read('threshold'), roles: managers },

  'POST /api/v3/ai/anomaly-detect': {
    roles: people,
    keys: true,
    body: ({ device }) => ({ device_id: device, metric: 'cpu.load' }),
    foreign: (_mine, { device }) => [{ device_id: device, metric: 'cpu.load' }],
  },
  'POST /api/v3/ai/analyze': {
    roles: people,
    keys: true,
    body: ({ device }) => ({ kind: 'disk_full', device_id: device }),
    foreign: (_mine, { device }) => [
      { kind: 'disk_failure', device_id: device },
      { kind: 'disk_full', device_id: device },
      { kind: 'battery_wear', device_id: device },
      { kind: 'forecast', device_id: device, metric: 'cpu.load', horizon: 1 },
    ],
  },
  'POST /api/v3/ai/pattern-recognition': {
    roles: people,
    keys: true,
    body: ({ device }) => ({ device_id: device, metric: 'cpu.load' }),
    foreign: (_mine, { device }) => [
      { device_id: device, metric: 'cpu.load' },
      { device_id: device, tasks: ['cohorts'] },
    ],
  },

  'POST /api/v1/maintenance-windows': {
    roles: managers,
    keys: true,
    body: ({ site }) => window({ site_id: site }),
    foreign: (_mine, { customer, site, device }) => [
      window({ customer_id: customer }),
      window({ site_id: site }),
      window({ device_id: device }),
    ],
  },
  'GET /api/v1/maintenance-windows': { roles: managers, keys: true },
  'GET /api/v1/maintenance-windows/{id}': { ...read('window'), roles: managers },
  'PATCH /api/v1/maintenance-windows/{id}': { ...read('window'), roles: managers, body: () => ({ reason: 'changed' }) },
  'DELETE /api/v1/maintenance-windows/{id}': { ...read('window'), roles: managers },
  'GET /api/v1/maintenance-windows/{id}/suppressions': { ...read('window'), roles: managers },

  'GET /api/v3/ai/anomalies': list,
  'GET /api/v3/ai/anomalies/{id}': read('anomaly'),
  'POST /api/v3/ai/anomalies/{id}/feedback': {
    ...read('anomaly'),
    roles: technicians,
    body: () => ({ verdict: 'confirmed' }),
  },
  'POST /api/v3/ai/anomalies/preview': {
    ...list,
    body: ({ device }) => ({ device_id: device, metric: 'cpu.load' }),
    foreign: (_mine, { device }) => [{ device_id: device, metric: 'cpu.load' }],
  },
  'GET /api/v3/ai/devices/{id}/anomaly-rate': read('device'),
  'GET /api/v3/ai/recommendations': list,
  'POST /api/v3/ai/recommendations/{id}/dismiss': {
    ...read('recommendation'),
    roles: technicians,
    body: () => ({ reason: 'known' }),
  },

  'GET /api/v1/events': { ...list, isStream: true, own: [429] },
  'GET /api/v1/audit': { roles: ['admin', 'operator'] },
  'GET /api/v1/audit/export': { roles: ['admin', 'operator'] },
  'GET /api/v1/audit/verify': { roles: ['admin', 'operator'] },
  'GET /api/v1/audit/{id}/proof': { roles: ['admin', 'operator'], params: byId('auditEvent'), own: [409] },

  'GET /api/v3/pool/metrics': { roles: ['operator', 'admin'] },
  'GET /api/v3/pool/health': { roles: ['operator', 'admin'], own: [503] },
  'GET /api/v3/pool/stats': { roles: ['operator', 'admin'] },
  'POST /api/v3/pool/nodes/{node_id}/reset': {
    roles: ['operator'],
    params: { node_id: { text: 'no-node' } },
    own: [404],
    body: () => ({}),
  },
};

/** What query parameters of these names name. */
export const referenceParameters: Readonly<Record<string, Kind>> = {
  customer_id: 'customer',
  site_id: 'site',
  device_id: 'device',
  against: 'earlier',
  actor: 'user',
  resource: 'device',
};

/** The rate-limit class that api.md gives a path; the first that fits. */
const RATE_CLASSES: readonly (readonly [path: RegExp, rateClass: string])[] = [
  [/^\/api\/v1\/health$/, 'none'],
  [/^\/api\/v1\/auth\/(login|refresh|logout|password-reset|invitations)\b/, 'auth'],
  [/^\/api\/v1\/devices\/enroll$/, 'auth'],
  [/^\/api\/v1\/diagnostics\/\{id\}\/report$/, 'api_heavy'],
  [/^\/api\/v1\/audit\b/, 'api_heavy'],
  [/^\/api\/v3\/ai\b/, 'api_heavy'],
  [/^\/api\/v1\/diagnostics\b/, 'diagnostics'],
];

export function rateClassOf(path: string): string {
  return RATE_CLASSES.find(([pattern]) => pattern.test(path))?.[1] ?? 'default';
}
