// `npm run bench:edge`: what the edge costs (log-in, limits, context, metrics, log), against a bare Fastify that answers the same.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort, waitFor } from '../../../../dist/libs/local-stack/src/index.js';
import { asBytes, closedLoop } from './open-loop.mjs';
import { withStack } from './with-stack.mjs';

const HELP = `npm run bench:edge -- [options]

  --rounds <n>   rounds, the gateway and the bare server in turn (5)
  --seconds <n>  how long each is measured (2)
  --profile <d>  writes a CPU profile of the gateway into this folder
  --help

The gateway has one route more, which does nothing and answers what the bare server answers. CPU is that of the server's own process, so it counts neither the load nor Redis.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const CONNECTIONS = 32;
const PATH = '/api/v1/nothing';
const ANSWER = JSON.stringify({
  id: 'usr_019aa8c51f6b7d1e8f0a2b3c4d5e6f70',
  email: 'someone@example.com',
  role: 'viewer',
});
const TICK_MS = 10;

await withStack('edge', run);

async function run(stack, place) {
  const {
    base_url: url,
    tenants: [tenant],
  } = stack.demo;
  const { email, password } = tenant.users.find(({ role }) => role === 'viewer');
  const login = await globalThis.fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { access_token: token } = await login.json();
  const headers = { authorization: `Bearer ${token}` };
  const bytes = asBytes({ method: 'GET', path: PATH, headers });
  const request = () => bytes;
  const { environment } = stack.instances('gateway')[0].definition;
  const targets = { gateway: await startGateway(environment, place), bare: await startBare(place) };
  for (const { url: each } of Object.values(targets)) {
    const answer = await globalThis.fetch(`${each}${PATH}`, { headers });
    if ((await answer.text()) !== ANSWER) throw new Error(`${each} answers something else`);
  }
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

async function startGateway(environment, { folder, endings }) {
  const port = await freePort();
  const log = openSync(join(folder, 'edge-gateway.log'), 'a');
  const child = fork(fileURLToPath(new URL('./edge-gateway.mjs', import.meta.url)), [], {
    env: { ...environment, ANSWER, PORT: String(port), HOST: '127.0.0.1' },
    execArgv: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
    // A file, as of any instance: what a log line costs belongs to the edge.
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  endings.push(() => ended(child));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    () =>
      globalThis.fetch(`${url}/ready`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    {
      timeoutMs: 60_000,
    },
  );
  return { url, pid: child.pid };
}

async function startBare({ endings }) {
  const child = fork(fileURLToPath(new URL('./bare.mjs', import.meta.url)), [], {
    env: { PATH: process.env.PATH, ANSWER },
  });
  endings.push(() => ended(child));
  const [port] = await once(child, 'message');
  return { url: `http://127.0.0.1:${port}`, pid: child.pid };
}

async function ended(child) {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, 'exit');
}

/** What a process has used so far. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
