import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SAMPLES = 120;
const LEAST_BETWEEN_MS = 1_000;
const TERMINATE_EVERY_MS = 1_000;
/** What grows by less than this share of itself, or by less than twice its own scatter, does not grow. */
const NOTHING = 0.05;
const FIGURES = {
  rss: { what: 'RSS', unit: 'MB' },
  heap: { what: 'heap after collection', unit: 'MB' },
  sockets: { what: 'sockets' },
  handles: { what: 'handles and timers' },
  backends: { what: 'server backends' },
  prepared: { what: 'prepared statements, most on one connection' },
  preparedThere: { what: 'prepared statements, as a server counts' },
};

/**
 * Mixed load with faults for some minutes, while backends are ended and connections renewed every quarter of a minute.
 * @param {object} server of `startServers`
 * @param {number} minutes
 * @param {(line: string) => void} say
 * @returns {Promise<boolean>} whether nothing grew, and nobody saw or suffered what is another's
 */
export async function soak({ cluster, nodes, login }, minutes, say) {
  const child = fork(fileURLToPath(new URL('soak-load.mjs', import.meta.url)), { execArgv: ['--expose-gc'] });
  const ask = async (question) => {
    child.send(question);
    const [answer] = await once(child, 'message');
    if (answer.fault) throw new Error(answer.fault);
    return answer;
  };
  try {
    await ask({ command: 'start', nodes, login });
    const killed = { count: 0 };
    const begun = performance.now();
    const until = begun + minutes * 60_000;
    const between = Math.max(LEAST_BETWEEN_MS, (minutes * 60_000) / SAMPLES);
    const killing = terminate(cluster, login.user, until, killed);
    const samples = [];
    for (let next = begun + between; next <= until; next += between) {
      await pause(Math.max(0, next - performance.now()));
      const seen = await ask({ command: 'sample' });
      samples.push({ ...seen, at: performance.now() - begun, backends: await backendsOf(cluster, login.user) });
      if (samples.length % 12 === 0) say(progress(samples.at(-1)));
    }
    await killing;
    const tally = await ask({ command: 'stop' });
    say('');
    const grown = tellFigures(samples);
    return tellTally(tally, killed.count, say) && grown.length === 0;
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** One of the load's backends a time, on the primary and on the replica in turn. */
async function terminate(cluster, user, until, killed) {
  const { nodes } = cluster;
  for (let turn = 0; performance.now() < until; turn += 1) {
    await pause(TERMINATE_EVERY_MS);
    const rows = await nodes[turn % nodes.length].query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 order by random() limit 1',
      [user],
    );
    killed.count += rows.length;
  }
}

async function backendsOf(cluster, user) {
  const ask = 'select count(*)::int as count from pg_stat_activity where usename = $1';
  const counts = await Promise.all(cluster.nodes.map((node) => node.query(ask, [user])));
  return counts.reduce((sum, [{ count }]) => sum + count, 0);
}

function progress({ at, operations, ...figures }) {
  const told = Object.entries(FIGURES).map(
    ([name, { what, unit = '' }]) => `${what} ${rounded(figures[name])} ${unit}`,
  );
  return `${Math.round(at / 1_000)} s, ${operations.toLocaleString('en')} operations: ${told.join(', ')}`;
}

/** @returns what grew over the last two thirds */
function tellFigures(samples) {
  const last = samples.slice(Math.floor(samples.length / 3));
  const rows = Object.entries(FIGURES).map(([name, { what, unit = '' }]) => {
    const { mean, rise, scatter } = fit(last.map(({ at, [name]: value }) => [at, value]));
    const grows = rise > NOTHING * mean && rise > 2 * scatter;
    return {
      figure: unit ? `${what}, ${unit}` : what,
      first: rounded(last[0][name]),
      last: rounded(last.at(-1)[name]),
      mean: rounded(mean),
      'rise over the time': rounded(rise),
      scatter: rounded(scatter),
      verdict: grows ? 'GROWS' : 'does not grow',
    };
  });
  console.table(rows);
  return rows.filter(({ verdict }) => verdict === 'GROWS');
}

/** A straight line through the points by least squares: what it rises from the first to the last, and how far points lie off it. */
function fit(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [0, 1].map((axis) => mean(points.map((point) => point[axis])));
  const spread = mean(points.map(([at]) => (at - x) ** 2));
  const slope = spread === 0 ? 0 : mean(points.map(([at, value]) => (at - x) * (value - y))) / spread;
  const scatter = Math.sqrt(mean(points.map(([at, value]) => (value - y - slope * (at - x)) ** 2)));
  return { mean: y, rise: slope * (points.at(-1)[0] - points[0][0]), scatter };
}

function tellTally({ good, faults, endings, foreign, unexpected }, killed, say) {
  const all = good + faults;
  say(
    `${all.toLocaleString('en')} operations, ${((100 * faults) / all).toFixed(1)} % of them faults on purpose; ${killed} backends ended`,
  );
  say(`what callers were told of ended backends: ${JSON.stringify(endings)}`);
  say(`rows of another tenant: ${foreign}; failures that nobody can explain: ${unexpected.length}`);
  for (const line of unexpected) say(`  ${line}`);
  return foreign === 0 && unexpected.length === 0;
}

function rounded(value) {
  return Number(value.toFixed(1));
}
