import { randomUUID } from 'node:crypto';
import { newId } from '@techze/contracts';
import type { Api } from '../api.js';
import { diagnosticBody, disk, fileSystem } from '../diagnostics.js';
import { Enrollment, machine } from '../enrollment.js';
import { ownTenant } from '../own-tenant.js';
import { rows } from '../rows.js';

/** Kinds of things that paths, queries and bodies name by id. */
export const kinds = [
  'customer',
  'site',
  'device',
  'diagnostic',
  'earlier',
  'finding',
  'anomaly',
  'recommendation',
  'threshold',
  'window',
  'enrollmentToken',
  'apiKey',
  'auditEvent',
  'session',
  'user',
  'tenant',
] as const;
export type Kind = (typeof kinds)[number];
export type Things = Readonly<Record<Kind, string>>;

/** A tenant with one of everything, and whoever acts in it. */
export interface Inhabited {
  readonly id: string;
  readonly things: Things;
  /** Is part of every name in it: an answer that holds it is this tenant's. */
  readonly mark: string;
  readonly tokens: Readonly<Record<'viewer' | 'technician' | 'manager' | 'admin', string>>;
  /** Credential of the agent of `things.device`. */
  readonly agent: string;
  /** Credential of an agent of another device. */
  readonly otherAgent: string;
  readonly apiKeys: Readonly<Record<'viewer' | 'technician' | 'manager', string>>;
  /** A refresh token and an enrollment token: credentials that open no route. */
  readonly refreshToken: string;
  readonly spareEnrollmentToken: string;
}

/** Ids like those of things, of nothing. */
export function unknownThings(): Things {
  const zeros = `${'0'.repeat(31)}1`;
  const prefixes: Things = {
    customer: 'cus_',
    site: 'sit_',
    device: 'dev_',
    diagnostic: 'dgn_',
    earlier: 'dgn_',
    finding: 'fnd_',
    anomaly: 'anm_',
    recommendation: 'rec_',
    threshold: 'thr_',
    window: 'mtw_',
    enrollmentToken: 'ent_',
    apiKey: 'key_',
    auditEvent: 'aud_',
    session: 'ses_',
    user: '',
    tenant: 'tnt_',
  };
  const ids = kinds.map((kind) => [kind, `${prefixes[kind]}${zeros}`]);
  return { ...(Object.fromEntries(ids) as Things), user: '00000000-0000-7000-8000-000000000001' };
}

// Made as if thirty diagnostics had been before: none of them is of any use here.
const ANOMALY = `
  insert into anomalies (tenant_id, id, device_id, peak_diagnostic_id, metric, detector, kind, severity, state, score,
    threshold, value, expected_low, expected_high, size, side, contributors, start_at, end_at, peak_at, samples, quiet,
    created_at, updated_at)
  values ($1, $2, $3, $4, 'cpu.load', 'value', 'spike', 'warning', 'open', 0.9, 0.8, 91, 5, 20, 71, 1, '[]', now(), now(),
    now(), 1, 0, date_trunc('milliseconds', now()), now())`;

/** Makes a tenant and one of everything in it. Every request of it has to succeed. */
export async function inhabitedTenant(api: Api, keyScopes: readonly string[]): Promise<Inhabited> {
  const tenant = await ownTenant(api);
  const mark = `mark-${randomUUID()}`;
  await rows('update tenants set name = $2 where id = $1', [tenant.id, mark]);
  await rows(`update users set name = $2 || ' ' || role where tenant_id = $1`, [tenant.id, mark]);
  const [viewer, technician, manager, admin] = (await Promise.all(
    ['viewer', 'technician', 'manager', 'admin'].map((role) => tenant.tokenOf(role)),
  )) as [string, string, string, string];
  const made = async (path: string, token: string, json: unknown) => {
    const answer = await api.call(path, { token, json });
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const idOf = async (path: string, token: string, json: unknown) => (await made(path, token, json)).id as string;
  const customer = await idOf('/api/v1/customers', technician, { name: mark });
  const site = await idOf('/api/v1/sites', technician, { customer_id: customer, name: mark });
  const enrollment = new Enrollment(api, admin);
  const settings = { site_id: site };
  const [own, other] = await Promise.all([
    enrollment.enroll(machine({ hostname: mark }), { settings }),
    enrollment.enroll(machine({ hostname: `${mark}-other` }), { settings }),
  ]);
  const diagnose = (pendingSectors: number) => {
    const { device: _device, ...body } = diagnosticBody({
      device_id: own.device_id,
      notes: mark,
      tags: [mark.slice(0, 30)],
    });
    const storage = {
      status: 'ok',
      data: { fsSize: [fileSystem(99)], diskLayout: [disk(pendingSectors)], disksIO: null },
    };
    return idOf('/api/v1/diagnostics', technician, { ...body, sections: { ...(body.sections as object), storage } });
  };
  const earlier = await diagnose(1);
  const diagnostic = await diagnose(2);
  const first = async (path: string, token: string) => {
    const answer = await api.call(path, { token });
    const id: unknown = answer.body?.data?.[0]?.id;
    if (typeof id !== 'string') throw new Error(`${path} has none: ${answer.text}`);
    return id;
  };
  const anomaly = newId('anm');
  await rows(ANOMALY, [tenant.id, anomaly, own.device_id, diagnostic]);
  const ends = new Date(Date.now() + 86_400_000).toISOString();
  const [finding, threshold, window, enrollmentToken, keys, user, logIn] = await Promise.all([
    first(`/api/v1/findings?device_id=${own.device_id}`, viewer),
    idOf('/api/v1/thresholds', manager, {
      scope: 'device',
      device_id: own.device_id,
      code: 'FS_USED',
      levels: { warning: 91 },
    }),
    idOf('/api/v1/maintenance-windows', manager, {
      name: mark,
      site_id: site,
      starts_at: ends,
      ends_at: new Date(Date.parse(ends) + 3_600_000).toISOString(),
    }),
    enrollment.token({ name: mark, max_uses: 5 }),
    Promise.all(
      ['viewer', 'technician', 'manager', 'viewer'].map((role) =>
        made('/api/v1/api-keys', admin, { name: mark, role, scopes: keyScopes }),
      ),
    ),
    idOf('/api/v1/users', admin, { email: `${mark}@example.com`, name: mark, role: 'viewer' }),
    tenant.logIn('viewer'),
  ]);
  // Of a device that no other request is about: what is found on it stays open.
  const storage = { status: 'ok', data: { fsSize: [fileSystem(99)] } };
  const { device_id: still } = await made('/api/v1/diagnostics', technician, diagnosticBody({ sections: { storage } }));
  const recommendation = await firstRecommended(api, still, viewer);
  // The one of that log-in: the viewer's others are to go on.
  const { sid } = JSON.parse(Buffer.from(logIn.access_token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
  };
  return {
    id: tenant.id,
    mark,
    tokens: { viewer, technician, manager, admin },
    agent: own.credential,
    otherAgent: other.credential,
    apiKeys: { viewer: keys[0].key, technician: keys[1].key, manager: keys[2].key },
    refreshToken: logIn.refresh_token,
    spareEnrollmentToken: enrollmentToken.token,
    things: {
      ...{
        customer,
        site,
        device: own.device_id,
        diagnostic,
        earlier,
        finding,
        anomaly,
        recommendation,
        threshold,
        window,
      },
      ...{ enrollmentToken: enrollmentToken.id, apiKey: keys[3].id },
      ...{ auditEvent: await first('/api/v1/audit', admin), session: sid, user, tenant: tenant.id },
    },
  };
}

async function firstRecommended(api: Api, deviceId: string, token: string): Promise<string> {
  const answer = await api.call(`/api/v3/ai/recommendations?device_id=${deviceId}`, { token });
  const id: unknown = answer.body?.recommendations?.[0]?.id;
  if (typeof id !== 'string') throw new Error(`nothing is recommended: ${answer.text}`);
  return id;
}
