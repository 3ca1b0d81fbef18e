import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BackendService } from '@techze/contracts';

/**
 * CPU time per request, callers and replicas together, against Nest's stock Redis transport: both in this run, rounds
 * interleaved, medians. The same payloads; the stock message carries the token, too.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '64' },
    payload: { type: 'string', default: 'small' },
    /** Folder for CPU profiles. */
    profile: { type: 'string' },
  },
});
const ROUNDS = Number(values.rounds);
const REQUESTS = Number(values.requests);
const CONCURRENCY = Number(values.concurrency);
const TARGETS: Record<number, number> = { 1: 0.55, 3: 0.35 };

type Kind = 'ours' | 'stock';
interface ServerSays {
  readonly cpu: NodeJS.CpuUsage;
  readonly executions: number;
}
interface ClientSays {
  readonly cpu: NodeJS.CpuUsage;
  readonly tookMs: number;
}
interface Variant {
  readonly kind: Kind;
  readonly service: BackendService;
  readonly client: ChildProcess;
  readonly servers: readonly ChildProcess[];
  readonly micros: number[];
  readonly rps: number[];
  executions: number;
}

const micros = ({ user, system }: NodeJS.CpuUsage) => user + system;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function start(program: string, options: object): Promise<ChildProcess> {
  const child = fork(
    fileURLToPath(new URL(program, import.meta.url)),
    [JSON.stringify({ ...options, payload: values.payload })],
    {
      execArgv: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`],
    },
  );
  await once(child, 'message');
  return child;
}

async function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(question);
  return (await answer)[0] as Answer;
}

async function measure(variant: Variant, requests: number): Promise<void> {
  const before = await Promise.all(variant.servers.map((server) => ask<ServerSays>(server, {})));
  const run = { service: variant.service, requests, concurrency: CONCURRENCY, replicas: variant.servers.length };
  const client = await ask<ClientSays>(variant.client, run);
  const after = await Promise.all(variant.servers.map((server) => ask<ServerSays>(server, {})));
  let spent = micros(client.cpu);
  let executions = 0;
  for (const [index, now] of after.entries()) {
    const then = before[index];
    if (!then) continue;
    spent += micros(now.cpu) - micros(then.cpu);
    executions += now.executions - then.executions;
  }
  variant.micros.push(spent / requests);
  variant.rps.push(requests / (client.tookMs / 1_000));
  variant.executions = executions / requests;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const port = await freePort();
const redisUrl = `redis://127.0.0.1:${port}`;
const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
const children: ChildProcess[] = [];
try {
  const variants: Variant[] = [];
  for (const kind of ['ours', 'stock'] as const) {
    const client = await start('./bench-client.js', { kind, redisUrl });
    children.push(client);
    for (const [service, count] of [
      ['ai', 1],
      ['analytics', 3],
    ] as const) {
      const servers: ChildProcess[] = [];
      for (let i = 0; i < count; i += 1) servers.push(await start('./bench-server.js', { kind, service, redisUrl }));
      children.push(...servers);
      variants.push({ kind, service, client, servers, micros: [], rps: [], executions: 0 });
    }
  }
  for (const variant of variants) await measure(variant, REQUESTS);
  for (const variant of variants) variant.micros.length = variant.rps.length = 0;
  for (let round = 0; round < ROUNDS; round += 1) for (const variant of variants) await measure(variant, REQUESTS);
  for (const count of [1, 3]) {
    const of = (kind: Kind) => variants.find((variant) => variant.kind === kind && variant.servers.length === count);
    const [ours, stock] = [of('ours'), of('stock')];
    if (!ours || !stock) continue;
    const ratio = median(ours.micros) / median(stock.micros);
    console.log(
      `${count} replica(s), c = ${CONCURRENCY}, ${values.payload} payload: ours ${median(ours.micros).toFixed(1)} µs/request (${Math.round(median(ours.rps))} rps), ` +
        `stock ${median(stock.micros).toFixed(1)} µs/request (${Math.round(median(stock.rps))} rps), ` +
        `ratio ${ratio.toFixed(3)} (target ≤ ${TARGETS[count]}); ` +
        `executions per request: ours ${ours.executions.toFixed(3)}, stock ${stock.executions.toFixed(3)}`,
    );
  }
} finally {
  for (const child of children) child.kill();
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  redis.kill();
}
