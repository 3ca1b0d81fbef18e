// `npm run bench:overload`: what is left of the throughput when three times as much is asked for. Needs `npm run build`.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { asBytes, closedLoop, openLoop } from './open-loop.mjs';
import { withStack } from './with-stack.mjs';

const HELP = `npm run bench:overload -- [options]

  --rounds <n>   rounds of peak and overload, one after the other (3)
  --seconds <n>  how long each is measured (4)
  --posts <n>    of ten requests, so many are keyed POSTs of a diagnostic; the rest are cached GETs (3)
  --help

Starts PostgreSQL, Redis and the five apps in a temporary folder. Peak: 48 connections, as many as it takes. Overload:
three times that rate, sent whether or not answers come. The load is made on the same machine, and costs it too.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    posts: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [rounds, seconds, posts] = ['rounds', 'seconds', 'posts'].map((name) => Number(values[name]));

const CONNECTIONS = 48;
const TIMES = 3;

await withStack('overload', ({ demo }) => run(demo));

async function run({ base_url: url, tenants: [tenant] }) {
  const { email, password } = tenant.users.find(({ role }) => role === 'technician');
  const { access_token: token } = await post(url, '/api/v1/auth/login', { email, password });
  const headers = { authorization: `Bearer ${token}` };
  const { id } = await post(url, '/api/v1/diagnostics', diagnostic('overload'), headers);
  const get = asBytes({ method: 'GET', path: `/api/v1/diagnostics/${id}`, headers });
  let next = 0;
  const request = () => {
    next += 1;
    if (next % 10 >= posts) return get;
    return asBytes({
      method: 'POST',
      path: '/api/v1/diagnostics',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(diagnostic(`overload-${next % 100}`)),
    });
  };
  await closedLoop(url, { connections: CONNECTIONS, seconds: 5, request });
  const rows = [];
  for (let round = 1; round <= rounds; round += 1) {
    const before = await peak(url, request);
    const rate = Math.round(before * TIMES);
    const answers = await openLoop(url, { rate, seconds, request });
    const after = await peak(url, request);
    rows.push(judge((before + after) / 2, rate, answers));
  }
  console.table(rows);
  console.log(
    `goodput at ${TIMES}× load, of the peak: ${median(rows.map((row) => row['of the peak']))} (median; target 0.9)`,
  );
}

async function peak(url, request) {
  const answers = await closedLoop(url, { connections: CONNECTIONS, seconds: seconds / 2, request });
  return (answers.filter(isGood).length / seconds) * 2;
}

function judge(peakRate, rate, answers) {
  const good = answers.filter(isGood);
  const refused = answers.filter(({ shed }) => shed);
  // What is still under way at the end counts for no second of the run.
  const goodput = good.filter(({ atMs }) => atMs <= seconds * 1_000).length / seconds;
  return {
    'peak rps': Math.round(peakRate),
    'offered rps': rate,
    'good rps': Math.round(goodput),
    'of the peak': Number((goodput / peakRate).toFixed(2)),
    'good p50 ms': percentile(good, 0.5),
    'good p99 ms': percentile(good, 0.99),
    refused: refused.length,
    'refused p50 ms': percentile(refused, 0.5),
    'refused p99 ms': percentile(refused, 0.99),
    other: answers.length - good.length - refused.length,
  };
}

function isGood({ status }) {
  return status === 200 || status === 201;
}

function percentile(answers, share) {
  const took = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return Number((took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN).toFixed(1));
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function diagnostic(serial) {
  return {
    device: { hostname: serial, serial },
    type: 'full',
    collected_at: new Date().toISOString(),
    schema_version: 1,
    sections: {
      cpu: { status: 'ok', data: { currentLoad: 12.5, temperature: { main: 52, max: 55, cores: [51, 55] } } },
    },
  };
}

async function post(url, path, json, headers = {}) {
  const response = await globalThis.fetch(`${url}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
