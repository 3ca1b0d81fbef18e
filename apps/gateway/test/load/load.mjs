// `npm run test:load`: how fast the API answers on this machine, over a stack of its own. Needs `npm run build`.
import { randomUUID } from 'node:crypto';
import { cpus, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { saturated, steady } from './measure.mjs';
import { idOf, seedDiagnostics } from './seed-diagnostics.mjs';
import { withStack } from './with-stack.mjs';

const HELP = `npm run test:load -- [options]

  --diagnostics <n>  diagnostics in the database, of all tenants together (1000000)
  --tenants <n>      tenants that they are of (50)
  --rate <n>         POSTs a second; half of it is measured first (100)
  --seconds <n>      how long each figure is measured (POST: twice that) (5)
  --help

Starts PostgreSQL (primary and replica), Redis and the five apps in a temporary folder, fills the database, measures, and
removes it all. Three to four minutes and 6 GB of disk. Commits do not wait for the disk.`;

const { values } = parseArgs({
  options: {
    diagnostics: { type: 'string', default: '1000000' },
    tenants: { type: 'string', default: '50' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [diagnostics, tenants, rate, seconds] = ['diagnostics', 'tenants', 'rate', 'seconds'].map((name) => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1`);
  return value;
});

/** Distinct machines that report: each is known after its first diagnostic. */
const FLEET = 200;
const LIST_RATE = 25;
const GET_RATE = 100;
const BATCH = 500;

const say = (line) => console.log(line);
await withStack('load', run);

async function run({ demo, postgres }) {
  const [tenant] = demo.tenants;
  const tenantIds = [tenant.id, ...Array.from({ length: tenants - 1 }, (_each, index) => `tnt_load_${index}`)];
  const begun = performance.now();
  await seedDiagnostics(demo.postgres.superuser_url, { tenantIds, diagnostics });
  await postgres.untilReplicated();
  say(`${diagnostics.toLocaleString('en')} diagnostics of ${tenants} tenants made in ${secondsSince(begun)} s.`);

  const token = await logIn(demo, tenant);
  const headers = { authorization: `Bearer ${token}` };
  const rows = [];
  const note = async (name, how) => {
    const figures = await steady(demo.base_url, how);
    rows.push({ what: name, 'a second': how.rate, ...rounded(figures) });
    say(`${name}: p95 ${rounded(figures)['p95 ms']} ms`);
  };
  const list = (name, query) =>
    note(`list ${name}`, {
      rate: LIST_RATE,
      seconds,
      expect: 200,
      request: () => ({ method: 'GET', path: `/api/v1/diagnostics?${query}`, headers }),
    });

  await list('newest', '');
  await list('200 at once', 'limit=200');
  await list('of a type', 'type=battery');
  await list('failed', 'status=failed');
  await list('critical', 'severity=critical');
  await list('of a band', 'band=critical');
  await list('none of that severity', 'severity=info');
  await list('rare tag', 'tag=vip');
  await list('of a device', `device_id=${idOf('dev', 1)}`);
  await list('of a site', `site_id=${idOf('sit', 1)}`);
  await list('of a customer', `customer_id=${idOf('cus', 1)}`);
  await list('last month, partial', `partial=true&from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`);
  await list('deep in', `cursor=${await cursorDeepIn(demo, headers)}`);

  const perTenant = Math.ceil(diagnostics / tenants);
  let next = 0;
  await note('GET by id, never read before', {
    rate: GET_RATE,
    seconds,
    expect: 200,
    request: () => ({ method: 'GET', path: `/api/v1/diagnostics/${idOf('dgn', (next++ % perTenant) + 1)}`, headers }),
  });
  const cached = () => ({ method: 'GET', path: `/api/v1/diagnostics/${idOf('dgn', perTenant)}`, headers });
  await note('GET by id, cached', { rate: GET_RATE, seconds, expect: 200, request: cached });

  const fleet = Array.from({ length: FLEET }, () => JSON.stringify(machine(randomUUID())));
  const post = () => ({
    method: 'POST',
    path: '/api/v1/diagnostics',
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: fleet[next++ % FLEET],
  });
  await steady(demo.base_url, { rate: 40, seconds: 5, expect: 201, request: post }); // all known, all warm
  for (const each of [Math.ceil(rate / 2), rate])
    await note(`POST of ${Math.round(fleet[0].length / 1000)} kB`, {
      rate: each,
      seconds: 2 * seconds,
      expect: 201,
      request: post,
    });

  const most = {
    'cached GETs': await saturated(demo.base_url, { seconds, expect: 200, request: cached }),
    POSTs: await saturated(demo.base_url, { seconds, expect: 201, request: post }),
  };
  const batch = await timedBatch(demo, headers);
  say('');
  console.table(rows);
  for (const [what, count] of Object.entries(most)) say(`as many ${what} as it takes: ${count} a second`);
  say(
    `batch of ${BATCH}, ${(batch.bytes / 1e6).toFixed(1)} MB: ${batch.took} s, ${batch.stored} stored at the first attempt`,
  );
  say(
    `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}, load ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')}; the load is made on the same machine`,
  );
}

async function logIn(demo, tenant) {
  const { email, password } = tenant.users.find(({ role }) => role === 'technician');
  const answer = await call(demo, '/api/v1/auth/login', { email, password });
  return answer.access_token;
}

/** A page well behind the newest ones. */
async function cursorDeepIn(demo, headers) {
  let cursor = '';
  for (let page = 0; page < 5; page += 1) {
    const answer = await call(
      demo,
      `/api/v1/diagnostics?limit=200${cursor && `&cursor=${cursor}`}`,
      undefined,
      headers,
    );
    cursor = answer.page.next_cursor ?? cursor;
  }
  return cursor;
}

/** What an agent had kept while it was offline: as many as a batch takes, each as large as that leaves room for. */
async function timedBatch(demo, headers) {
  const light = (mark) => {
    const { sections, ...rest } = machine(mark);
    const { cpu, memory, storage, battery, os } = sections;
    return { ...rest, sections: { cpu, memory, storage, battery, os } };
  };
  const body = { diagnostics: Array.from({ length: BATCH }, () => light(randomUUID())) };
  const begun = performance.now();
  const { results } = await call(demo, '/api/v1/diagnostics/batch', body, headers);
  return {
    bytes: JSON.stringify(body).length,
    took: secondsSince(begun),
    stored: results.filter(({ status }) => status === 201).length,
  };
}

async function call({ base_url: baseUrl }, path, json, headers = {}) {
  const response = await globalThis.fetch(`${baseUrl}${path}`, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(json !== undefined && { 'content-type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

function rounded({ requests, errors, p50, p95, p99 }) {
  const [a, b, c] = [p50, p95, p99].map((value) => Number(value.toFixed(1)));
  return { requests, errors, 'p50 ms': a, 'p95 ms': b, 'p99 ms': c };
}

function secondsSince(begun) {
  return ((performance.now() - begun) / 1000).toFixed(1);
}
