// `npm run bench:audit`: what a record costs the transaction that it is written in, and how long it waits for its seal.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { AuditRecorder, PersonalData } from '../../../../dist/libs/audit/src/index.js';
import { loadConfig } from '../../../../dist/libs/config/src/index.js';
import { databaseConfig, loginRole, logins, openDatabase } from '../../../../dist/libs/database/src/index.js';
import { PostgresCluster, prepareDatabase } from '../../../../dist/libs/local-stack/src/index.js';
import { CommitMark, continueTrace, Logger, runInContext } from '../../../../dist/libs/observability/src/index.js';

const DATABASE = 'techze_bench';
const TENANTS = 10;
const AT_ONCE = 16;
const ROUNDS = 3;
const ROUND_MS = 1_500;
const RATES = [500, 2_000];
const RATE_MS = 6_000;
const BACKLOG = 50_000;
const TICK_MS = 20;

const sub = '018f0000-0000-7000-8000-000000000001';
const tenantOf = (nth) => `tnt_${nth % TENANTS}`;
let written = 0;

/** What a POST of a device writes: the row, the event, and the record of it or not. */
const WAYS = {
  'without a record': undefined,
  'with a record': { diagnostic_type: 'full', duration_ms: 1250, score: 71 },
  'with one that holds personal data': { before: null, after: { name: 'Ana', email: 'ana@example.com' } },
};

async function cost(servers) {
  const environment = {
    DATABASE_NODES: JSON.stringify([servers.node]),
    DATABASE_USER: loginRole('diagnostics'),
    DATABASE_PASSWORD: servers.passwords.diagnostics,
  };
  const config = loadConfig([databaseConfig], environment).get(databaseConfig.token);
  const database = await openDatabase(config, {
    role: 'svc_diagnostics',
    entities: [],
    logger: Logger.to({ write: () => undefined }),
  });
  const recorder = new AuditRecorder(new PersonalData({ wrappingKey: randomBytes(32) }));
  const post = (details) => {
    const nth = (written += 1);
    const tenant_id = tenantOf(nth);
    const principal = { kind: 'user', tenant_id, sub, sid: 'ses_1', role: 'admin' };
    const context = { requestId: sub, trace: continueTrace(undefined), deadline: Date.now() + 10_000, principal };
    return runInContext({ ...context, commits: new CommitMark() }, () =>
      database.write(async (manager) => {
        await manager.query(DEVICE, [tenant_id, `dev_${nth}`, 'host']);
        if (details)
          await recorder.record(manager, { event_type: 'DEVICE_CREATED', resource_id: 'dev', success: true, details });
        await manager.query(EVENT, [tenant_id, `evt_${nth}`]);
      }),
    );
  };
  const round = async (details) => {
    let done = 0;
    const until = performance.now() + ROUND_MS;
    const lane = async () => {
      for (; performance.now() < until; done += 1) await post(details);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return (done / ROUND_MS) * 1_000;
  };
  const rates = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  await round(WAYS['with a record']);
  for (let nth = 0; nth < ROUNDS; nth += 1)
    for (const [way, details] of Object.entries(WAYS)) rates[way].push(await round(details));
  await database.close();
  const [base] = Object.values(rates).map(median);
  for (const [way, found] of Object.entries(rates))
    say(`  ${way.padEnd(36)} ${String(Math.round(median(found))).padStart(6)}/s  ${(median(found) / base).toFixed(2)}`);
}
const DEVICE = 'insert into devices (tenant_id, id, hostname) values ($1, $2, $3)';
const EVENT = `insert into outbox (tenant_id, event_id, type, payload) values ($1, $2, 'device.enrolled', '{}')`;

/** Records at an even rate, many a statement, and how old they were when they were sealed. */
async function lag(client, rate) {
  const [{ now: from }] = (await client.query('select clock_timestamp()::text as now')).rows;
  const each = (rate * TICK_MS) / 1_000;
  const begin = performance.now();
  for (let sent = 0; performance.now() - begin < RATE_MS;) {
    const due = Math.floor(((performance.now() - begin) / TICK_MS) * each);
    if (due > sent) await client.query(RECORDS, [due - sent, TENANTS]);
    sent = due;
    await setTimeout(TICK_MS / 2);
  }
  await untilSealed(client);
  const { rows } = await client.query(LAG, [from]);
  const [{ records, p50, p95, most }] = rows;
  say(`  ${String(rate).padStart(6)}/s  ${records} records: p50 ${p50} ms, p95 ${p95} ms, most ${most} ms`);
}
// Ids that sort by time, as ours do.
const RECORDS = `insert into audit_events (tenant_id, id, actor_type, event_type, success, details, timestamp)
  select 'tnt_' || (nth % $2), 'aud_' || lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
    || left(replace(gen_random_uuid()::text, '-', ''), 20), 'user', 'LOGIN_SUCCEEDED', true, '{"a":1}', clock_timestamp()
  from generate_series(1, $1::int) nth`;
const LAG = `
  with lag as (
    select extract(epoch from s.sealed_at - e.timestamp) * 1000 as ms
    from audit_events e join audit_seals s on s.tenant_id = e.tenant_id and s.event_id = e.id where e.timestamp > $1::timestamptz)
  select count(*)::int as records, max(ms)::int as most, (percentile_cont(0.5) within group (order by ms))::int as p50,
    (percentile_cont(0.95) within group (order by ms))::int as p95 from lag`;

async function untilSealed(client) {
  while ((await client.query('select from audit_unsealed limit 1')).rowCount > 0) await setTimeout(50);
}

async function backlog(servers, client) {
  await client.query(RECORDS, [BACKLOG, 1]);
  const sealer = await startSealer(servers);
  const from = performance.now();
  await untilSealed(client);
  const seconds = (performance.now() - from) / 1_000;
  say(`  ${BACKLOG} records of one tenant that waited: ${seconds.toFixed(1)} s, ${Math.round(BACKLOG / seconds)}/s`);
  await sealer.stop();
}

/** A process that seals, as automation does. */
async function startSealer({ node, passwords }) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const child = fork(fileURLToPath(new URL('sealer.mjs', import.meta.url)), {
    env: {
      ...process.env,
      DATABASE_NODES: JSON.stringify([node]),
      DATABASE_USER: loginRole('automation'),
      DATABASE_PASSWORD: passwords.automation,
      AUDIT_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      AUDIT_DATA_KEY: randomBytes(32).toString('base64url'),
    },
  });
  const exited = once(child, 'exit');
  for await (const [message] of on(child, 'message')) if (message === 'ready') break;
  return {
    stop: () => {
      child.kill();
      return exited;
    },
  };
}

async function startServers() {
  const folder = mkdtempSync(join(tmpdir(), 'techze-bench-'));
  const cluster = await PostgresCluster.create({ folder, replicas: 0, durable: false });
  await cluster.start();
  const passwords = Object.fromEntries(
    logins.map((login) => [login, createHash('sha256').update(`${cluster.password} ${login}`).digest('hex')]),
  );
  await prepareDatabase(cluster.primary.url(DATABASE), passwords);
  const { port } = cluster.primary;
  return {
    passwords,
    node: { id: 'only', host: '127.0.0.1', port, database: DATABASE, weight: 1, is_primary: true },
    superuser: { host: '127.0.0.1', port, database: DATABASE, user: 'postgres', password: cluster.password },
    destroy: async () => {
      await cluster.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const say = (line) => process.stdout.write(`${line}\n`);

const servers = await startServers();
const client = new pg.Client(servers.superuser);
try {
  await client.connect();
  await client.query(`insert into tenants (id, name) select 'tnt_' || n, 'T' from generate_series(0, $1 - 1) n`, [
    TENANTS,
  ]);
  say(
    `a POST's transaction (device, event), ${AT_ONCE} at once, commits not waiting for the disk; median of ${ROUNDS}`,
  );
  await cost(servers);
  await client.query('vacuum (analyze)');
  say('drained by one sealer');
  await backlog(servers, client);
  const sealer = await startSealer(servers);
  await untilSealed(client);
  say(`age of records when sealed, ${TENANTS} tenants, one sealer`);
  for (const rate of RATES) await lag(client, rate);
  await sealer.stop();
} finally {
  await client.end();
  await servers.destroy();
}
