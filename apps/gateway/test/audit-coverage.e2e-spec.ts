import { AuditEvent, keyScopes, newUuid, SYSTEM_TENANT_ID } from '@techze/contracts';
import { Api, type Answer } from './support/api.js';
import { operationsOf, type Operation } from './support/isolation/operations.js';
import { routeSamples, type RouteSample } from './support/isolation/route-samples.js';
import { inhabitedTenant, type Inhabited, type Kind } from './support/isolation/things.js';
import { rows } from './support/rows.js';

/** Routes that write and leave no record, and why that is right. */
const UNRECORDED: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/refresh': 'a rotation is routine; what is not (REFRESH_REUSE) is on record',
  'POST /api/v1/auth/password-reset':
    'of an address that nobody has nothing is known; one that somebody has is recorded',
  'POST /api/v1/auth/password-reset/confirm': 'a token that nobody made changes nothing',
  'POST /api/v1/auth/invitations/accept': 'a token that nobody made changes nothing',
  'POST /api/v1/devices/enroll': 'a token that nobody made belongs to no tenant',
  'POST /api/v1/thresholds/preview': 'changes nothing',
  'POST /api/v3/ai/anomalies/preview': 'changes nothing',
  'POST /api/v3/ai/anomaly-detect': 'changes nothing',
  'POST /api/v3/ai/analyze': 'changes nothing',
  'POST /api/v3/ai/pattern-recognition': 'changes nothing',
  'POST /api/v3/pool/nodes/{node_id}/reset': 'a node that is not there is not reset; pool.e2e-spec has the record',
};
/** Reads that are on record too. */
const RECORDED_READS = [
  'GET /api/v1/audit',
  'GET /api/v1/audit/export',
  'GET /api/v1/audit/verify',
  'GET /api/v1/audit/{id}/proof',
  'GET /api/v1/diagnostics/{id}/report',
];
/** Moves on by itself; and a batch notes whose its key is before its parts are tried. */
const MOVING = [
  'audit_events',
  'audit_unsealed',
  'audit_seals',
  'audit_heads',
  'inbox',
  'outbox',
  'api_usage',
  'metric_states',
  'scored_diagnostics',
  'idempotency_keys',
];

interface Route {
  readonly operation: Operation;
  readonly sample: RouteSample;
}

const api = new Api();
let home: Inhabited;
let operator: string;
let otherDevice: string;
let routes: Route[];

beforeAll(async () => {
  const [operations, inhabited, token] = await Promise.all([
    operationsOf(api),
    inhabitedTenant(api, keyScopes),
    api.tokenOf('operator'),
  ]);
  [home, operator] = [inhabited, token];
  const [device] = await rows<{ id: string }>(
    `select id from devices where tenant_id = $1 and hostname like '%-other'`,
    [home.id],
  );
  otherDevice = device?.id ?? '';
  routes = operations.flatMap((operation) => {
    const sample = routeSamples[operation.name];
    return sample ? [{ operation, sample }] : [];
  });
}, 60_000);

/** Reads of what is there, then acts on a finding that stands, then the rest; what is made first is removed last. */
function recorded(): Route[] {
  const of = (...methods: string[]) => routes.filter(({ operation }) => methods.includes(operation.method));
  const posts = of('POST', 'PUT').filter(({ sample }) => !sample.endsSession);
  const isOfFindings = ({ operation }: Route) => operation.path.includes('/findings/');
  return [
    ...routes.filter(({ operation }) => RECORDED_READS.includes(operation.name)),
    ...posts.filter(isOfFindings),
    ...posts.filter((route) => !isOfFindings(route)),
    ...of('PATCH'),
    ...of('DELETE')
      .filter(({ sample }) => !sample.endsSession)
      .reverse(),
  ].filter(({ operation }) => !(operation.name in UNRECORDED));
}

/** Who asks: an admin where he may, the operator where only he may, and each for himself what is his alone. */
function tokenFor({ roles, personal }: RouteSample): string | undefined {
  if (roles === 'anyone') return undefined;
  if (personal) return home.tokens.viewer;
  return roles.includes('admin') ? home.tokens.admin : operator;
}

/** @returns the answer, and the id of the request */
async function ask({ operation, sample }: Route): Promise<{ answer: Answer; request: string }> {
  const request = newUuid();
  const token = tokenFor(sample);
  // Of a device whose credential was revoked none is left to revoke.
  const things = operation.path.endsWith('/credential') ? { ...home.things, device: otherDevice } : home.things;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const what = sample.params?.[name];
    return typeof what === 'object' ? what.text : things[what as Kind];
  });
  const query = sample.query ? `?${sample.query(things)}` : '';
  const body = sample.body?.(things);
  const answer = await api.call(`${path}${query}`, {
    method: operation.method,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { json: body }),
    headers: {
      'x-request-id': request,
      ...(operation.method === 'POST' && { 'idempotency-key': request }),
      ...(['PATCH', 'DELETE'].includes(operation.method) && { 'if-match': '*' }),
    },
  });
  return { answer, request };
}

const recordsOf = (request: string) =>
  rows<AuditEvent & { tenant_id: string }>(`select * from audit_events where request_id = $1`, [request]);

/** Everything of the tenant, but what moves by itself. */
async function contents(): Promise<unknown> {
  const tables = await rows<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all($1) order by 1`,
    [MOVING],
  );
  const [found] = await rows<object>(
    `select ${tables.map(({ name }) => `(select md5(string_agg(t::text, '' order by t::text)) from ${name} t where tenant_id = $1) as ${name}`).join(', ')}`,
    [home.id],
  );
  return found;
}

it('nothing is changed, read raw or exported while no record of it can be written: 503, and all is as it was', async () => {
  await rows(
    `create function refuse_audit() returns trigger language plpgsql as $$ begin raise 'no room for the record'; end $$`,
  );
  await rows(
    `create trigger a_refusal before insert on audit_events for each row when (new.tenant_id = '${home.id}') execute function refuse_audit()`,
  );
  try {
    const before = await contents();
    const wrong: string[] = [];
    for (const route of recorded().filter(({ sample }) => tokenFor(sample) !== operator && sample.roles !== 'anyone')) {
      const { name } = route.operation;
      const { answer } = await ask(route);
      const statuses = name.endsWith('/batch')
        ? (answer.body.results as { status: number }[]).map(({ status }) => status)
        : [answer.status];
      // What is refused for another reason changes nothing either.
      if (!statuses.every((status) => status === 503 || (status >= 400 && route.sample.own?.includes(status))))
        wrong.push(`${name}: ${answer.status} ${answer.text.slice(0, 150)}`);
    }
    expect(wrong).toEqual([]);
    expect(await contents()).toEqual(before);
  } finally {
    await rows('drop trigger a_refusal on audit_events; drop function refuse_audit()');
  }
}, 60_000);

it('every route that changes something leaves a record of it, by whom, from where and in which request', async () => {
  const wrong: string[] = [];
  for (const route of recorded()) {
    const { name } = route.operation;
    const { answer, request } = await ask(route);
    const records = await recordsOf(request);
    const refused = answer.status >= 400;
    if (refused && !route.sample.own?.includes(answer.status))
      wrong.push(`${name}: answered ${answer.status} ${answer.text.slice(0, 200)}`);
    if (records.length === 0 && !(refused && answer.status === 409))
      wrong.push(`${name}: ${answer.status}, and no record`);
    for (const { tenant_id, id, timestamp, ...record } of records) {
      const event = { ...record, sequence: null, id, timestamp: new Date(timestamp).toISOString() };
      if (!AuditEvent.safeParse(event).success) wrong.push(`${name}: ${JSON.stringify(event)} is no record`);
      if (![home.id, SYSTEM_TENANT_ID].includes(tenant_id) && !name.includes('tenants'))
        wrong.push(`${name}: recorded in ${tenant_id}`);
      if (record.ip_address === null || record.user_agent === null) wrong.push(`${name}: nobody knows from where`);
    }
  }
  expect(wrong).toEqual([]);
}, 60_000);

it('reasons for leaving no record name routes that are there', () => {
  const names = routes.map(({ operation }) => operation.name);
  expect(Object.keys(UNRECORDED).filter((name) => !names.includes(name))).toEqual([]);
});
