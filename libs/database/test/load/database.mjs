// `npm run bench:database`: what a read and a write of one tenant cost, against what others would write. Needs `npm run build`.
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { cpus, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bookkeeping } from './bookkeeping.mjs';
import { processorMicros } from './processor-time.mjs';
import { pgbench, programNamed, startPgbouncer } from './programs.mjs';
import { startServers } from './servers.mjs';
import { soak } from './soak.mjs';

const BOOKKEEPING = 'bookkeeping';
/** In the order in which they are told. `program`: what has to be installed, and the Debian package that has it. */
const ENTRIES = [
  { name: 'read', what: 'ours: read(query)', guarded: true },
  { name: 'repository', what: 'ours: read(findOneBy)', guarded: true },
  { name: 'naive', what: 'TypeORM transaction + SETs + query', guarded: true },
  { name: 'naive-repository', what: 'TypeORM transaction + SETs + findOneBy', guarded: true },
  { name: 'pool', what: 'pg.Pool BEGIN…COMMIT, prepared', guarded: true },
  { name: 'pgbouncer', what: 'the same through PgBouncer', guarded: true, program: 'pgbouncer', package: 'pgbouncer' },
  { name: 'unguarded', what: 'pg.Pool prepared, superuser', guarded: false },
  { name: 'pgbench', what: 'pgbench -M prepared, superuser', program: 'pgbench', package: 'postgresql-contrib' },
  {
    name: 'pgbench-guarded',
    what: 'pgbench, claims + query, one Sync',
    program: 'pgbench',
    package: 'postgresql-contrib',
  },
  { name: 'write', what: 'ours: write(insert)', guarded: true },
  { name: 'naive-write', what: 'TypeORM transaction + SETs + insert', guarded: true },
];
/** The targets of the suite: ours against a peer, by throughput. */
const TARGETS = [
  { ours: 'read', peer: 'naive', least: 5 },
  { ours: 'read', peer: 'pgbench', least: 0.8, concurrency: 16 },
];
const COMPARED = [
  ['read', 'naive'],
  ['repository', 'naive-repository'],
  ['read', 'pool'],
  ['read', 'pgbouncer'],
  ['read', 'unguarded'],
  ['read', 'pgbench'],
  ['read', 'pgbench-guarded'],
  ['write', 'naive-write'],
];
const BOOKKEEPING_MOST_MICROS = 2;

const HELP = `npm run bench:database -- [options]

  --rounds <n>       each way is measured so often, in turn with the others; medians are told (5)
  --seconds <n>      for so long each time (2)
  --concurrency <n>  operations under way at once; may be given more than once (16 and 64)
  --only <names>     of: ${BOOKKEEPING}, ${ENTRIES.map(({ name }) => name).join(', ')}
  --profile <folder> writes a CPU profile of each way there
  --soak <minutes>   instead of all that: mixed load with faults, and whether anything grows
  --help

Starts PostgreSQL in a temporary folder, fills it with 100,000 devices of 50 tenants, measures, and removes it all. Four
minutes. Commits do not wait for the disk. Believe ratios and µs rather than operations per second.`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    concurrency: { type: 'string', multiple: true, default: ['16', '64'] },
    only: { type: 'string' },
    profile: { type: 'string' },
    soak: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const positive = (name, text) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes whole numbers from 1`);
  return value;
};
const rounds = positive('rounds', values.rounds);
const seconds = positive('seconds', values.seconds);
const concurrencies = values.concurrency.map((each) => positive('concurrency', each));
const only = values.only?.split(',');
const unknown = only?.filter((name) => name !== BOOKKEEPING && !ENTRIES.some((entry) => entry.name === name)) ?? [];
if (unknown.length > 0) throw new Error(`--only knows no ${unknown.join(', ')}`);
const wanted = (name) => only?.includes(name) ?? true;
const say = (line) => console.log(line);
const median = (figures) => [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)];

const cleanings = [];
const clean = async () => {
  for (let next = cleanings.pop(); next; next = cleanings.pop()) await next().catch((error) => console.error(error));
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void clean().finally(() => process.exit(1)));
try {
  if (values.soak !== undefined) await runSoak(positive('soak', values.soak));
  else await compare();
} finally {
  await clean();
}

async function runSoak(minutes) {
  const server = await startServers(1);
  cleanings.push(server.destroy);
  if (!(await soak(server, minutes, say))) process.exitCode = 1;
  machine();
}

async function compare() {
  const verdicts = [];
  if (wanted(BOOKKEEPING)) verdicts.push(judgeBookkeeping(await bookkeeping(rounds)));
  if (ENTRIES.some(({ name }) => wanted(name))) {
    const server = await startServers(0);
    cleanings.push(server.destroy);
    const ways = await openAll(server);
    for (const way of ways) for (const concurrency of concurrencies) await way.run({ seconds: 1, concurrency });
    await measure(ways, server.cluster.primary.pid);
    tell(ways);
    verdicts.push(...COMPARED.flatMap(([ours, peer]) => judge(ways, ours, peer)));
  }
  say('');
  console.table(verdicts);
  const missed = verdicts.filter(({ verdict }) => verdict === 'MISSED').map(({ figure }) => figure);
  if (missed.length > 0) say(`MISSED: ${missed.join('; ')}`);
  machine();
}

async function openAll(server) {
  const ways = [];
  for (const entry of ENTRIES.filter(({ name }) => wanted(name))) {
    const program = entry.program && programNamed(entry.program);
    if (entry.program && !program) {
      say(`Without ${entry.what}: ${entry.program} is not installed (apt-get install ${entry.package}).`);
      continue;
    }
    const way = await openWay(entry, program, server);
    cleanings.push(way.close);
    ways.push({ ...entry, ...way, samples: new Map(concurrencies.map((each) => [each, []])) });
  }
  return ways;
}

async function openWay(entry, program, server) {
  if (entry.program === 'pgbench') return pgbench(entry.name, program, server);
  if (entry.program !== 'pgbouncer') return openWorker(entry, server, server.port);
  const bouncer = await startPgbouncer(program, server);
  cleanings.push(bouncer.stop);
  const how = bouncer.prepared ? 'prepared' : 'not prepared: 1.21 would';
  const way = await openWorker(entry, server, bouncer.port, bouncer.prepared);
  return { ...way, what: `${entry.what} ${bouncer.version} (${how})`, between: bouncer.pid };
}

async function openWorker({ name, guarded }, { host, database, login, superuser }, port, prepared) {
  const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), {
    execArgv: values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}/${name}`],
  });
  const answers = on(child, 'message', { close: ['exit'] });
  const ask = async (question) => {
    child.send(question);
    const { value, done } = await answers.next();
    if (done) throw new Error(`${name} ended`);
    if (value[0].fault) throw new Error(value[0].fault);
    return value[0];
  };
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await ask({ command: 'close' });
    child.disconnect();
    await once(child, 'exit');
  };
  const node = { id: 'primary', host, port, database, is_primary: true };
  await ask({ command: 'open', way: name, server: { node, login, superuser, prepared }, guarded });
  const run = async (how) => {
    const { operations, micros, ms } = await ask({ command: 'run', ...how });
    return { operations, perSecond: operations / (ms / 1_000), micros: micros / operations };
  };
  return { run, close };
}

/** In each round everybody once with each concurrency; who begins moves on, so that nobody always follows the same. */
async function measure(ways, serverPid) {
  for (let round = 0; round < rounds; round += 1) {
    const order = ways.map((_each, index) => ways[(index + round) % ways.length]);
    for (const concurrency of concurrencies)
      for (const way of order) {
        const pids = [serverPid, way.between].filter((pid) => pid !== undefined);
        const before = pids.map(processorMicros);
        const sample = await way.run({ seconds, concurrency });
        const spent = pids.map((pid, index) => processorMicros(pid) - before[index]);
        const [server, between] = spent.map((micros) => micros / sample.operations);
        way.samples.get(concurrency).push({ ...sample, server, between });
      }
    say(`round ${round + 1} of ${rounds}`);
  }
}

function tell(ways) {
  for (const concurrency of concurrencies) {
    say(`\n${concurrency} at once, medians of ${rounds} rounds; µs of processor time per operation`);
    const rows = ways.map(({ what, samples }) => {
      const of = (figure) => rounded(median(samples.get(concurrency).map((sample) => sample[figure])));
      const row = {
        '': what,
        'a second': Math.round(of('perSecond')),
        'Node µs': of('micros'),
        'server µs': of('server'),
      };
      return { ...row, 'between µs': of('between') };
    });
    console.table(rows);
  }
}

/** Ratios of each round, so that what slows the machine for a while slows both. */
function judge(ways, ours, peer) {
  const [mine, other] = [ours, peer].map((name) => ways.find((way) => way.name === name));
  if (!mine || !other) return [];
  return concurrencies.map((concurrency) => {
    const [a, b] = [mine, other].map(({ samples }) => samples.get(concurrency));
    const ratio = (figure) => median(a.map((sample, round) => sample[figure] / b[round][figure]));
    const target = TARGETS.find(
      (each) => each.ours === ours && each.peer === peer && (each.concurrency ?? concurrency) === concurrency,
    );
    const perSecond = ratio('perSecond');
    return {
      figure: `${ours} : ${peer}, ${concurrency} at once`,
      ratio: rounded(perSecond, 2),
      'Node µs ratio': rounded(ratio('micros'), 2),
      target: target ? `≥ ${target.least}` : '',
      verdict: target ? verdictOf(perSecond >= target.least) : '',
    };
  });
}

function judgeBookkeeping(figures) {
  const micros = median(figures);
  return {
    figure: `${BOOKKEEPING}: ${rounded(micros, 2)} µs a read`,
    target: `≤ ${BOOKKEEPING_MOST_MICROS} µs`,
    verdict: verdictOf(micros <= BOOKKEEPING_MOST_MICROS),
  };
}

function verdictOf(met) {
  return met ? 'met' : 'MISSED';
}

function rounded(value, digits = 1) {
  return value === undefined || Number.isNaN(value) ? undefined : Number(value.toFixed(digits));
}

function machine() {
  const [{ model }] = cpus();
  const load = loadavg().map((each) => each.toFixed(1));
  say(
    `${cpus().length} × ${model}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}, load ${load.join(' ')}, ` +
      `after ${Math.round(performance.now() / 1_000)} s; server and peers on the same machine`,
  );
}
