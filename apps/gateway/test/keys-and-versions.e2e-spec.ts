import { randomUUID } from 'node:crypto';
import { Api } from './support/api.js';
import { routeSamples, type RouteSample } from './support/isolation/route-samples.js';
import { inhabitedTenant, type Inhabited, type Kind } from './support/isolation/things.js';

/** POSTs that a repetition makes nothing of: why each needs no Idempotency-Key. A new one has to take a key or stand here. */
const unkeyed: Readonly<Record<string, string>> = {
  'POST /api/v1/auth/login': 'each log-in is a session of its own, and asks for the password',
  'POST /api/v1/auth/refresh': 'the same token brings the same child',
  'POST /api/v1/auth/logout': 'what has ended ends once',
  'POST /api/v1/auth/password': 'asks for the password that it changes',
  'POST /api/v1/auth/password-reset': 'answers 202 whatever it did',
  'POST /api/v1/auth/password-reset/confirm': 'its token is used once',
  'POST /api/v1/auth/invitations/accept': 'its token is used once',
  'POST /api/v1/devices/enroll': 'its token is used up, and the same machine is the same device',
  'POST /api/v1/devices/{id}/revoke': 'what is revoked is revoked',
  'POST /api/v1/diagnostics/{id}/rescore': 'reads',
  'POST /api/v1/thresholds/preview': 'reads',
  'POST /api/v3/ai/anomalies/preview': 'reads',
  'POST /api/v1/tenants/{id}/suspend': 'what is suspended is suspended',
  'POST /api/v1/tenants/{id}/resume': 'what runs runs',
  'POST /api/v3/ai/anomaly-detect': 'computes',
  'POST /api/v3/ai/analyze': 'computes',
  'POST /api/v3/ai/pattern-recognition': 'computes',
  'POST /api/v3/pool/nodes/{node_id}/reset': 'what is closed is closed',
};
/** Changes that need no If-Match: what they change has one state before and one after. */
const unversioned = new Set([
  'DELETE /api/v1/auth/sessions',
  'DELETE /api/v1/auth/sessions/{id}',
  'DELETE /api/v1/enrollment-tokens/{id}',
  'DELETE /api/v1/api-keys/{id}',
]);
/** Takes a key in another way than the others: diagnostics-batch.e2e-spec.ts. */
const BATCH = 'POST /api/v1/diagnostics/batch';

interface Documented {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const api = new Api();
const operations = new Map<string, Documented>();
let home: Inhabited;
let operator: string;

beforeAll(async () => {
  const { paths } = (await api.call('/api/openapi.json')).body;
  for (const [path, item] of Object.entries<Record<string, Documented>>(paths))
    for (const [method, documented] of Object.entries(item))
      operations.set(`${method.toUpperCase()} ${path}`, documented);
  home = await inhabitedTenant(api, ['devices:read']);
  operator = await api.tokenOf('operator');
}, 60_000);

const takes = (name: string, header: string) =>
  operations.get(name)?.parameters?.some((each) => each.in === 'header' && each.name === header) ?? false;
const named = (methods: RegExp, header: string) =>
  [...operations.keys()].filter((name) => methods.test(name) && takes(name, header));

/** That request of it, by whoever may. */
function call(name: string, headers: Record<string, string>, json?: unknown) {
  const sample = sampleOf(name);
  const [method = '', path = ''] = name.split(' ');
  const at = path.replace(/\{(\w+)\}/g, (_all, parameter: string) => {
    const of = sample.params?.[parameter];
    return typeof of === 'object' ? of.text : of === undefined ? parameter : home.things[of satisfies Kind];
  });
  const token = sample.ofInstallation ? operator : home.tokens.admin;
  return api.call(at, { method, token, headers, ...(json !== undefined && { json }) });
}
function sampleOf(name: string): RouteSample {
  const sample = routeSamples[name];
  if (!sample) throw new Error(`no sample of ${name}`);
  return sample;
}

describe('a POST', () => {
  it('that makes or runs something takes an Idempotency-Key, and says what it answers about it', () => {
    const posts = [...operations.keys()].filter((name) => name.startsWith('POST '));
    expect(posts.filter((name) => !takes(name, 'Idempotency-Key')).sort()).toEqual(
      Object.keys(unkeyed)
        .filter((name) => operations.has(name))
        .sort(),
    );
    for (const name of posts.filter((each) => takes(each, 'Idempotency-Key')))
      expect([name, Object.keys(operations.get(name)?.responses ?? {})]).toEqual([
        name,
        expect.arrayContaining(['409', '422', '503', '504']),
      ]);
  });

  it('under the same key brings the first answer again, and another body under it is refused', async () => {
    const posts = named(/^POST /, 'Idempotency-Key').filter((each) => each !== BATCH);
    // While the finding is open: another diagnostic of the device would resolve it.
    posts.sort((a, b) => Number(b.includes('/findings/')) - Number(a.includes('/findings/')));
    for (const name of posts) {
      const key = { 'idempotency-key': `key ${randomUUID()}` };
      const json = sampleOf(name).body?.(home.things);
      const [first, again] = [await call(name, key, json), await call(name, key, json)];
      const seen = { first: first.status, again: again.status, said: again.headers.get('idempotency-replayed') };
      expect({ name, ...seen }).toEqual({ name, first: first.status, again: first.status, said: 'true' });
      expect([name, first.status < 300, first.headers.has('idempotency-replayed')]).toEqual([name, true, false]);
      expect({ name, body: again.body }).toEqual({ name, body: first.body });
      if (json === undefined) continue;
      const other = await call(name, key, changed(json));
      expect([name, other.status, other.body.code]).toEqual([name, 422, expect.stringMatching(/reused|validation/)]);
    }
  }, 60_000);

  it('refuses a key that is none, and takes the longest that is one', async () => {
    const name = 'POST /api/v1/customers';
    for (const key of ['', ' ', 'k'.repeat(256), 'naïve', 'a\tb']) {
      const answer = await call(name, { 'idempotency-key': key }, { name: 'Customer' });
      expect([key, answer.status]).toEqual([key, 422]);
      expect(answer.body.errors).toEqual([{ pointer: '/Idempotency-Key', detail: expect.any(String) }]);
    }
    expect((await call(name, { 'idempotency-key': 'k'.repeat(255) }, { name: 'Customer' })).status).toBe(201);
  });

  it('under the key of another route, or of another tenant, is a request of its own', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const made = await call('POST /api/v1/customers', key, { name: 'Customer' });
    const site = await call('POST /api/v1/sites', key, { customer_id: made.body.id, name: 'Site' });
    expect([site.status, site.headers.has('idempotency-replayed')]).toEqual([201, false]);
    const token = await api.tokenOf('admin');
    const theirs = await api.call('/api/v1/customers', { token, headers: key, json: { name: 'Theirs' } });
    expect([theirs.status, theirs.headers.has('idempotency-replayed')]).toEqual([201, false]);
    expect(theirs.body.id).not.toBe(made.body.id);
  });

  it('that comes ten times at once under one key happens once', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const json = { name: `Once ${randomUUID()}` };
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST /api/v1/customers', key, json)));
    expect(new Set(answers.map(({ status }) => status)).size).toBeLessThanOrEqual(2);
    const ids = answers.flatMap(({ status, body }) => (status === 201 ? [body.id] : []));
    expect(new Set(ids).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 201) expect([status, body.code]).toEqual([409, 'idempotency-key-in-use']);
  });
});

describe('a change', () => {
  it('of a mutable resource takes If-Match', () => {
    const changes = [...operations.keys()].filter((name) => /^(PATCH|PUT|DELETE) /.test(name));
    expect(changes.filter((name) => !takes(name, 'If-Match')).sort()).toEqual(
      [...unversioned].filter((name) => operations.has(name)).sort(),
    );
  });

  it('of what was changed since is 412, whatever the change', async () => {
    for (const name of named(/./, 'If-Match')) {
      const answer = await call(name, { 'if-match': '"v999999"' }, sampleOf(name).body?.(home.things));
      expect([name, answer.status, answer.body?.code]).toEqual([name, 412, 'precondition-failed']);
    }
  });

  it('of what is as it was read is made, and shows the next version', async () => {
    for (const name of named(/^PATCH /, 'If-Match')) {
      const read = await call(name.replace('PATCH', 'GET'), {});
      const etag = read.headers.get('etag') ?? '';
      expect([name, etag]).toEqual([name, expect.stringMatching(/^"v\d+"$/)]);
      const body = sampleOf(name).body?.(home.things);
      const made = await call(name, { 'if-match': `"v999999", ${etag}` }, body);
      expect([name, made.status]).toEqual([name, 200]);
      const next = made.headers.get('etag');
      expect([name, next]).toEqual([name, (await call(name.replace('PATCH', 'GET'), {})).headers.get('etag')]);
      if (next !== etag) expect([name, (await call(name, { 'if-match': etag }, body)).status]).toEqual([name, 412]);
    }
  });
});

/** The same request with another text in it. */
function changed(json: object): object {
  const entries = Object.entries(json as Record<string, unknown>);
  const texts = entries.find(([key, value]) => typeof value === 'string' && /name|reason|hostname|notes/.test(key));
  return texts ? { ...json, [texts[0]]: `${String(texts[1])} too` } : { ...json, notes: 'other' };
}
