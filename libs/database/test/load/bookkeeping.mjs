// What the pool itself costs a statement, without a server: its clients answer what they are given in the next turn.
import { setImmediate } from 'node:timers';
import { Cluster } from '../../../../dist/libs/database/src/cluster/cluster.js';
import { NodeClient } from '../../../../dist/libs/database/src/cluster/node-client.js';
import { databaseConfig } from '../../../../dist/libs/database/src/index.js';
import { ReadStatements } from '../../../../dist/libs/database/src/tenancy/read-statements.js';
import { Prologue } from '../../../../dist/libs/database/src/tenancy/transaction-plan.js';
import { loadConfig } from '../../../../dist/libs/config/src/index.js';
import { Logger } from '../../../../dist/libs/observability/src/index.js';
import { SELECT } from './ways.mjs';

const AT_ONCE = 64;
const STATEMENTS = 200_000;
const ANSWER = { command: 'SELECT', rowCount: 1, oid: 0, fields: [], rows: [{}] };
const SIGHTINGS = [
  { role: 'primary', lsn: 1_000, timeline: 1 },
  { role: 'standby', lsn: 1_000, streaming: true },
  { role: 'standby', lsn: 1_000, streaming: true },
];

/** Answers in the turn after the one in which it is asked, as a server would that takes no time. */
class InstantClient extends NodeClient {
  static asked = [];

  constructor() {
    super();
    Object.assign(this.connection, { stream: { cork: () => undefined, uncork: () => undefined } });
  }

  /** Quick even when this machine is held up: there are only shared connections. */
  headMs(now) {
    return Math.min(super.headMs(now), 1);
  }

  query(query) {
    if (InstantClient.asked.push(query) === 1) setImmediate(answerAll);
  }
}

function answerAll() {
  const asked = InstantClient.asked;
  InstantClient.asked = [];
  for (const query of asked) query.callback(null, ANSWER);
}

/** A primary and two replicas that are up, each with its shared connections. */
function clusterOfThree() {
  const nodes = SIGHTINGS.map((_each, index) => ({
    id: `node-${index}`,
    host: '127.0.0.1',
    port: index + 1,
    database: 'none',
    is_primary: index === 0,
  }));
  const environment = { DATABASE_NODES: JSON.stringify(nodes), DATABASE_USER: 'none', DATABASE_PASSWORD: 'none' };
  const config = loadConfig([databaseConfig], environment).get(databaseConfig.token);
  const cluster = new Cluster(config, 'bench', Logger.to({ write: () => undefined }));
  for (const [index, node] of cluster.nodes.entries()) {
    node.health.seen(SIGHTINGS[index]);
    for (let count = 0; count < config.sharedConnectionsPerNode; count += 1)
      node.connections.shared.open.push({ client: new InstantClient(), endsAt: Infinity });
  }
  cluster.review();
  return cluster;
}

/** Processor time of one statement in µs, 64 under way at a time, the reads of a request each. */
async function once(statement) {
  const before = process.cpuUsage();
  for (let done = 0; done < STATEMENTS; done += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => statement()));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / STATEMENTS;
}

/**
 * From the moment at which a read has its statement until its answer is there: node of three (a replica of two, by smooth
 * weighted round robin, breakers asked), shared connection of two, what is under way and for how long, when it leaves,
 * the time it has left, statistics and histograms, breaker told. Not in it: messages and sockets, which are the same for
 * everybody, claims as text, and TypeORM. The harness's own share (a promise for each, answered the same way) is taken off.
 * @returns {Promise<number[]>} µs, one figure a round
 */
export async function bookkeeping(rounds) {
  const cluster = clusterOfThree();
  const values = ['100000', '1000000000000000'];
  const plan = { purpose: 'read', role: 'svc_diagnostics', claims: null, deadline: Date.now() + 3_600_000 };
  const prologue = new Prologue(plan, 10_000);
  const ours = () => new ReadStatements(cluster, plan, prologue).query(SELECT, values);
  const nothing = () =>
    new Promise((resolve) => {
      if (InstantClient.asked.push({ callback: (_error, result) => resolve(result) }) === 1) setImmediate(answerAll);
    });
  Object.defineProperty(cluster.statements.of(SELECT), 'isQuick', { value: true });
  const figures = [];
  for (let round = -1; round < rounds; round += 1) {
    const figure = (await once(ours)) - (await once(nothing));
    if (round >= 0) figures.push(figure);
  }
  return figures;
}
