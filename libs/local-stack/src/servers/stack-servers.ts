import { join } from 'node:path';
import { PostgresCluster } from '../postgres/postgres-cluster.js';
import { projectRoot } from '../project-root.js';
import { findRedisProgram } from '../redis/redis-program.js';
import { RedisServer } from '../redis/redis-server.js';
import type { Report } from '../stack/report.js';
import type { StateFolder } from '../state/state-folder.js';
import { externalDatabase } from './external-database.js';
import { reachRedis } from './external-redis.js';
import { databaseOf } from './own-servers.js';
import { ServerKeeper } from './server-keeper.js';
import type { DatabaseServers } from './servers.js';

/** What decides which servers a stack uses. */
export interface StackServersOptions {
  readonly state: StateFolder;
  /** DATABASE_NODES, DATABASE_URL and REDIS_URL name servers of the user's own: none is started then. */
  readonly environment: NodeJS.ProcessEnv;
  readonly durable: boolean;
  readonly report: Report;
}

type Ports = Readonly<Record<string, number>>;

/** The servers of a stack: our own, kept running, or the user's, let alone. */
export class StackServers {
  /** Our own; undefined where external ones are used. */
  postgres: PostgresCluster | undefined;
  redis: RedisServer | undefined;
  private readonly keeper: ServerKeeper;

  constructor(private readonly options: StackServersOptions) {
    this.keeper = new ServerKeeper(options.report);
  }

  /** Ports of our own servers by name. */
  get ports(): Ports {
    const ports: [string, number | undefined][] = (this.postgres?.nodes ?? []).map(({ id, port }) => [id, port]);
    return Object.fromEntries(
      [...ports, ['redis', this.redis?.port]].filter(([, port]) => port !== undefined),
    ) as Ports;
  }

  /** @param last ports of the last start, taken again when free */
  async startDatabase(last: Ports): Promise<DatabaseServers> {
    const { environment, report, state, durable } = this.options;
    const external = await externalDatabase(environment);
    if (external) {
      report.step(
        `PostgreSQL: yours, ${external.nodes.map(({ id, host, port }) => `${id} ${host}:${port}`).join(', ')}`,
      );
      return external;
    }
    const cluster = await PostgresCluster.create({ folder: state.postgres, durable, ports: last });
    this.postgres = cluster;
    if (!cluster.primary.isInitialised) report.step('Making a PostgreSQL primary and its streaming replica …');
    await cluster.start();
    for (const node of cluster.nodes) this.keeper.keep(node);
    report.step(
      `PostgreSQL: primary on port ${cluster.primary.port}, replica on port ${cluster.replica.port}, streaming`,
    );
    return databaseOf(cluster);
  }

  /** @returns its URL */
  async startRedis(last: Ports): Promise<string> {
    const { environment, report, state, durable } = this.options;
    if (environment.REDIS_URL) {
      await reachRedis(environment.REDIS_URL);
      report.step('Redis: yours');
      return environment.REDIS_URL;
    }
    const program = await findRedisProgram(join(projectRoot(), '.techze', 'redis-program'));
    this.redis = new RedisServer({ program, folder: state.redis, durable, port: last.redis });
    await this.redis.start();
    this.keeper.keep(this.redis);
    report.step(`Redis: port ${this.redis.port}`);
    return this.redis.url;
  }

  /** Stops our own: replica, primary, Redis. */
  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.postgres?.stop();
    await this.redis?.stop();
  }
}
