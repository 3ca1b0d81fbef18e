// `npm run bench:ai -- --only endpoints`: what the computations cost their callers, and whether anybody else has to wait for them.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { withStack } from './with-stack.mjs';

const ROUNDS = 40;
/** So many of the largest bodies at once, again and again, while small requests are timed. */
const LARGE_AT_ONCE = 4;
const LARGE_ROUNDS = 5;
const STEP_MS = 300_000;
const BEGIN = Date.UTC(2026, 0, 1);

await withStack('ai', async ({ demo }) => {
  const { base_url: url, tenants } = demo;
  const { email, password } = tenants[0].users.find(({ role }) => role === 'viewer');
  const login = await send(url, '/api/v1/auth/login', JSON.stringify({ email, password }));
  const token = JSON.parse(login.text).access_token;
  console.table(await timeEach(url, token));
  console.table(await delays(demo, token));
});

async function timeEach(url, token) {
  const rows = [];
  for (const [name, { path, body }] of Object.entries(requests())) {
    const took = [];
    let wrong = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { status, ms } = await send(url, path, body, token);
      if (status === 200) took.push(ms);
      else wrong += 1;
    }
    rows.push({
      request: name,
      kB: Math.round(body.length / 1000),
      'p50 ms': percentile(took, 0.5),
      'p95 ms': percentile(took, 0.95),
      'not 200': wrong,
    });
  }
  return rows;
}

/** Each scrape of /metrics tells the greatest delay since the one before, and begins anew. */
async function delays(demo, token) {
  const { base_url: url } = demo;
  const processes = Object.entries(demo.services)
    .filter(([service]) => service === 'gateway' || service === 'ai')
    .flatMap(([service, instances]) => instances.map(({ pid, port }) => ({ service, pid, port })));
  const largest = largestBodies();
  const small = requests()['analyze disk_failure, 1 snapshot'];
  const ask = (body) => send(url, body ? '/api/v3/ai/anomaly-detect' : small.path, body ?? small.body, token);
  const rows = [];
  for (const [name, body] of [['nothing', undefined], ...Object.entries(largest)]) {
    await Promise.all(processes.map(({ port }) => maxDelayMs(port)));
    const statuses = {};
    const waits = [];
    let over = false;
    const beside = (async () => {
      while (!over) waits.push((await send(url, '/api/v1/auth/me', undefined, token)).ms);
    })();
    for (let round = 0; round < LARGE_ROUNDS; round += 1) {
      const sent = Array.from({ length: body ? LARGE_AT_ONCE : 1 }, () => ask(body));
      for (const { status } of await Promise.all(sent)) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    over = true;
    await beside;
    const row = { [`${LARGE_AT_ONCE} at once of`]: name };
    const spent = await cpuOf(processes, () => ask(body));
    for (const [index, { service, port }] of processes.entries()) {
      row[`${service} CPU ms each`] = spent[index];
      row[`${service} max ms`] = await maxDelayMs(port);
    }
    row['GET beside it p95 ms'] = percentile(waits, 0.95);
    row['max ms'] = percentile(waits, 1);
    row.answers = JSON.stringify(statuses);
    rows.push(row);
  }
  return rows;
}

/** What a loop spends on one request when there is no other, at best. */
async function cpuOf(processes, work) {
  const least = processes.map(() => Infinity);
  for (let round = 0; round < LARGE_ROUNDS; round += 1) {
    const before = processes.map(({ pid }) => loopCpuMs(pid));
    await work();
    for (const [index, { pid }] of processes.entries())
      least[index] = Math.min(least[index], loopCpuMs(pid) - before[index]);
  }
  return least.map((ms) => Number(ms.toFixed(1)));
}

/** Processor time of the event loop's own thread: what a machine that is busy with other things cannot change. */
function loopCpuMs(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

async function maxDelayMs(port) {
  const response = await globalThis.fetch(`http://127.0.0.1:${port}/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds(?:\{[^}]*\})? (\S+)$/m.exec(await response.text()) ?? [];
  return Number((Number(seconds) * 1000).toFixed(1));
}

function largestBodies() {
  const at = Array.from({ length: 100_000 }, (_, row) => BEGIN + row * 60_000);
  const values = at.map((_, row) => value(row));
  const texts = at.map((time) => new Date(time).toISOString());
  const padding = ' '.repeat(8 * 1024 * 1024 - 4_000_000);
  return {
    '100,000 rows': JSON.stringify({ series: { timestamps: texts, values } }),
    '8 MB, 100,000 rows': `${JSON.stringify({ series: { timestamps: texts, values } })}${padding}`,
    '8 MB of quotes': JSON.stringify({ logs: Array(1_000_000).fill('"'.repeat(1)) }).slice(0, 7_500_000),
  };
}

function value(row) {
  return Number((40 + 20 * Math.sin((row * 2 * Math.PI) / 288) + ((row * 7919) % 101) / 20).toFixed(3));
}

function requests() {
  const seriesOf = (count, step = STEP_MS) => ({
    timestamps: Array.from({ length: count }, (_, row) => new Date(BEGIN + row * step).toISOString()),
    values: Array.from({ length: count }, (_, row) => value(row)),
  });
  const columns = Object.fromEntries(
    Array.from({ length: 20 }, (_, column) => [
      `c${column}`,
      seriesOf(1_000).values.map((each) => each * (column + 1)),
    ]),
  );
  const json = (path, body) => ({ path: `/api/v3/ai/${path}`, body: JSON.stringify(body) });
  const hour = 3_600_000;
  const used = Array.from({ length: 720 }, (_, row) => 1e11 + row * 1e8);
  const attributes = { 5: 8, 9: 20_000, 187: 2, 188: 0, 197: 16, 198: 16 };
  return {
    'anomaly-detect, 1,000 rows': json('anomaly-detect', { series: seriesOf(1_000), include_scores: true }),
    'anomaly-detect, 10,000 rows': json('anomaly-detect', { series: seriesOf(10_000), include_scores: true }),
    'anomaly-detect, 1,000 × 20': json('anomaly-detect', {
      multivariate: { timestamps: seriesOf(1_000).timestamps, columns },
    }),
    'analyze disk_failure, 1 snapshot': json('analyze', {
      kind: 'disk_failure',
      smart: [{ hours: 20_000, model: 'ST4000DM000', attributes }],
    }),
    'analyze disk_full, 30 days': json('analyze', {
      kind: 'disk_full',
      series: { timestamps: seriesOf(720, hour).timestamps, values: used },
      capacity_bytes: 2.5e11,
    }),
    'analyze battery_wear, 1 year': json('analyze', {
      kind: 'battery_wear',
      series: {
        timestamps: seriesOf(365, 24 * hour).timestamps,
        values: Array.from({ length: 365 }, (_, day) => 98 - day * 0.03 + (day % 5) / 10),
      },
    }),
    'analyze forecast, 1,000 rows': json('analyze', { kind: 'forecast', series: seriesOf(1_000), horizon: 48 }),
    'pattern-recognition, 2,000 rows': json('pattern-recognition', { series: seriesOf(2_000) }),
    'pattern-recognition, 2,000 lines': json('pattern-recognition', {
      logs: Array.from({ length: 2_000 }, (_, line) => `service ${line % 7} answered ${line * 31} in ${line % 97} ms`),
    }),
  };
}

async function send(url, path, body, token) {
  const begun = performance.now();
  const response = await globalThis.fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - begun };
}

function percentile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1));
}
