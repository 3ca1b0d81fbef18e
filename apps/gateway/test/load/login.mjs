// `npm run bench:login`: what logging in costs, what it tells by its time, and how soon a revocation holds. Needs `npm run build`.
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { withStack } from './with-stack.mjs';

const HELP = `npm run bench:login -- [options]

  --rounds <n>   log-ins of each kind, and revocations of each kind (20)
  --help

Starts PostgreSQL, Redis, two gateways and the other apps in a temporary folder. The load is made on the same machine.`;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const rounds = Number(values.rounds);
const PARALLEL = 16;
const ASK_EVERY_MS = 10;

let database;
await withStack('login', run, { scale: { gateway: 2 } });

async function run(stack, { endings }) {
  database = new pg.Client({ connectionString: stack.demo.postgres.superuser_url });
  await database.connect();
  endings.push(() => database.end());
  const gateways = stack.demo.services.gateway.map(({ port }) => `http://127.0.0.1:${port}`);
  const [viewer, technician] = ['viewer', 'technician'].map((role) =>
    stack.demo.tenants[0].users.find((user) => user.role === role),
  );
  const call = async (gateway, path, { method, token, json } = {}) => {
    const response = await globalThis.fetch(`${gateways[gateway % 2]}${path}`, {
      method: method ?? (json ? 'POST' : 'GET'),
      headers: {
        ...(json && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(json && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text) };
  };
  const logIn = ({ email, password }, gateway = 0) =>
    call(gateway, '/api/v1/auth/login', { json: { email, password } });
  const timed = async (work) => {
    const start = performance.now();
    const { status } = await work();
    return { ms: performance.now() - start, status };
  };

  const parallel = [];
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let round = 0; round < rounds; round += 1) parallel.push(await timed(() => logIn(viewer)));
    }),
  );
  const answered = parallel.filter(({ status }) => status === 200).map(({ ms }) => ms);
  console.log(
    `log-in, ${PARALLEL} at once on one gateway: ${figures(answered)}; ${answered.length} of ${parallel.length} let in, the rest 503`,
  );

  const accounts = await accountsOfEachKind(viewer);
  const kinds = Object.entries(accounts).map(([name, account]) => ({ name, account, ms: [] }));
  for (let round = 0; round < rounds; round += 1)
    for (const { account, ms } of kinds) ms.push((await timed(() => logIn(account))).ms);
  for (const { name, ms } of kinds) console.log(`log-in, ${name}: ${figures(ms)}`);

  const revocations = {
    'log-out': ({ access_token }) => call(0, '/api/v1/auth/logout', { method: 'POST', token: access_token }),
    'end of all other sessions': (_session, other) =>
      call(0, '/api/v1/auth/sessions', { method: 'DELETE', token: other.access_token }),
    'disabled account': () => setDisabled(technician, 'now()'),
  };
  await delays('', revocations);
  await stack.redis.stop();
  await delays(', without Redis', revocations);

  async function delays(circumstances, kindsOfEnd) {
    for (const [name, end] of Object.entries(kindsOfEnd)) {
      const took = [];
      for (let round = 0; round < rounds; round += 1) {
        await setDisabled(technician, 'null');
        const [session, other] = [(await logIn(technician)).body, (await logIn(technician)).body];
        // The other gateway has just been told that the session stands: the worst that can be.
        while ((await call(1, '/api/v1/auth/me', { token: session.access_token })).status !== 200)
          await pause(ASK_EVERY_MS);
        await end(session, other);
        const start = performance.now();
        while ((await call(1, '/api/v1/auth/me', { token: session.access_token })).status === 200)
          await pause(ASK_EVERY_MS);
        took.push(performance.now() - start);
      }
      await setDisabled(technician, 'null');
      console.log(`${name}${circumstances}, until the other gateway refuses: ${figures(took)}`);
    }
  }
}

/** The accounts differ in why they are not let in, and in nothing else. */
async function accountsOfEachKind({ email, password }) {
  const [tenant, suspended] = [`tnt_${randomUUID()}`, `tnt_${randomUUID()}`];
  await database.query('insert into tenants (id, name, suspended_at) values ($1, $1, null), ($2, $2, now())', [
    tenant,
    suspended,
  ]);
  const { rows } = await database.query('select password_hash from users where email = $1', [email]);
  const add = async (tenantId, hash, disabled) => {
    const own = `${randomUUID()}@bench.example`;
    await database.query(
      `insert into users (id, tenant_id, email, name, role, password_hash, disabled_at)
       values (gen_random_uuid(), $1, $2, 'Bench', 'viewer', $3, $4)`,
      [tenantId, own, hash, disabled],
    );
    return own;
  };
  const hash = rows[0].password_hash;
  const wrong = 'not the password of anybody at all';
  return {
    unknown: { email: `${randomUUID()}@bench.example`, password: wrong },
    wrong: { email: await add(tenant, hash, null), password: wrong },
    disabled: { email: await add(tenant, hash, new Date()), password },
    'of a suspended tenant': { email: await add(suspended, hash, null), password },
    'invited, without a password yet': { email: await add(tenant, null, null), password },
  };
}

async function setDisabled({ email }, at) {
  await database.query(`update users set disabled_at = ${at} where email = $1`, [email]);
}

function figures(samples) {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.toFixed(0) ?? '–';
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}
