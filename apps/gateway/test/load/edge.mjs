// `npm run bench:edge`: what the edge costs (log-in, limits, context, metrics, log), against a bare Fastify that answers the same.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LocalStack, timedReport } from '../../../../dist/libs/local-stack/src/index.js';
import { asBytes, closedLoop } from './open-loop.mjs';

const HELP = `npm run bench:edge -- [options]

  --rounds <n>   rounds, the gateway and the bare server in turn (5)
  --seconds <n>  how long each is measured (2)
  --help

Both answer GET /api/v1/auth/me. CPU is that of the server's own process, so it counts neither the load nor Redis.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const CONNECTIONS = 32;
const PATH = '/api/v1/auth/me';
const TICK_MS = 10;

const folder = mkdtempSync(join(tmpdir(), 'techze-edge-'));
let stack;
let bare;
const clean = async () => {
  bare?.kill();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
try {
  stack = await LocalStack.start({
    folder,
    durable: false,
    gatewayPort: 0,
    report: timedReport(() => undefined),
    environment: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      RATE_LIMIT_DEFAULT: '1000000/second',
      RATE_LIMIT_AUTH: '1000000/second',
      RATE_LIMIT_API_HEAVY: '1000000/second',
      RATE_LIMIT_DIAGNOSTICS: '1000000/second',
      SHUTDOWN_DRAIN_MS: '0',
    },
  });
  await run(stack.demo);
} finally {
  await clean();
}

async function run({ base_url: url, tenants: [tenant], services: { gateway } }) {
  const { email, password } = tenant.users.find(({ role }) => role === 'viewer');
  const login = await globalThis.fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { access_token: token } = await login.json();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await globalThis.fetch(`${url}${PATH}`, { headers });
  bare = fork(fileURLToPath(new URL('./bare.mjs', import.meta.url)), [], {
    env: { PATH: process.env.PATH, ANSWER: await answer.text() },
  });
  const [port] = await once(bare, 'message');
  const bytes = asBytes({ method: 'GET', path: PATH, headers });
  const request = () => bytes;
  const targets = {
    gateway: { url, pid: gateway[0].pid },
    bare: { url: `http://127.0.0.1:${port}`, pid: bare.pid },
  };
  for (const { url: each } of Object.values(targets))
    await closedLoop(each, { connections: CONNECTIONS, seconds: 2, request });
  const rows = [];
  for (let round = 0; round < rounds; round += 1) {
    const row = {};
    for (const [name, { url: each, pid }] of Object.entries(targets)) {
      const before = cpuMs(pid);
      const answers = await closedLoop(each, { connections: CONNECTIONS, seconds, request });
      const right = answers.filter(({ status }) => status === 200).length;
      row[`${name} rps`] = Math.round(right / seconds);
      row[`${name} CPU µs`] = Math.round(((cpuMs(pid) - before) * 1_000) / right);
    }
    row['of bare'] = Number((row['gateway rps'] / row['bare rps']).toFixed(2));
    rows.push(row);
  }
  console.table(rows);
  const ratios = rows.map((row) => row['of bare']).sort((a, b) => a - b);
  console.log(`gateway, of bare Fastify: ${ratios[Math.floor(ratios.length / 2)]} (median; target 0.6)`);
}

/** What a process has used so far. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
