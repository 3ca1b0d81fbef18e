import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceName } from '@techze/contracts';
import {
  appEnvironment,
  databasePasswords,
  mailEnvironment,
  sendsMail,
  type AppSurroundings,
} from '../apps/app-environment.js';
import type { AppDefinition, AppProcess } from '../apps/app-process.js';
import { APP_PATIENCE_MS, Fleet } from '../apps/fleet.js';
import { makeKeys } from '../keys.js';
import type { PostgresCluster } from '../postgres/postgres-cluster.js';
import { freePort } from '../processes/free-port.js';
import { projectRoot } from '../project-root.js';
import type { RedisServer } from '../redis/redis-server.js';
import { StackServers } from '../servers/stack-servers.js';
import type { DatabaseServers } from '../servers/servers.js';
import type { Demo, DemoAccounts } from '../state/demo-file.js';
import { endLeftApps } from '../state/leftovers.js';
import { readRuntime, writeRuntime, type RuntimeRecord } from '../state/runtime-file.js';
import { StateFolder } from '../state/state-folder.js';
import { replaceFile } from '../state/write-file.js';
import { ONE_OF_EACH, type LocalStackOptions } from './options.js';
import { compiled, makeDemoAccounts, runAgent } from './own-programs.js';
import { GATEWAY_PORT, gatewayPort } from './ports.js';
import { prepareDatabase } from './prepare-database.js';
import { silentReport, type Report } from './report.js';

/**
 * The whole suite on this machine: PostgreSQL primary and replica, Redis, keys, demo tenants, five apps.
 * What `npm start` runs, and what tests start in a temporary folder.
 */
export class LocalStack {
  private readonly state: StateFolder;
  private readonly report: Report;
  private readonly servers: StackServers;
  private readonly fleet: Fleet;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly appsFolder: string;
  private last: RuntimeRecord = { ports: {}, apps: [] };
  private database: DatabaseServers | undefined;
  private redisUrl = '';
  private accounts: DemoAccounts | undefined;
  private verdict: Pick<Demo, 'ready_at' | 'diagnostic_id'> = {};
  private stopping: Promise<void> | undefined;

  private constructor(private readonly options: LocalStackOptions) {
    this.state = StateFolder.at(options.folder);
    this.report = options.report ?? silentReport;
    this.fleet = new Fleet(this.report, () => this.remember());
    this.environment = options.environment ?? {};
    this.servers = new StackServers({
      state: this.state,
      environment: this.environment,
      durable: options.durable ?? true,
      report: this.report,
    });
    this.appsFolder = options.appsFolder ?? join(projectRoot(), 'dist', 'apps');
  }

  /** Starts everything; a start that fails leaves nothing running. */
  static async start(options: LocalStackOptions): Promise<LocalStack> {
    const stack = new LocalStack(options);
    try {
      await stack.bringUp();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** The content of `demo.json` as of now. */
  get demo(): Demo {
    if (!this.database || !this.accounts) throw new Error('The suite has not been started');
    return {
      base_url: this.baseUrl,
      ...this.verdict,
      ...this.accounts,
      postgres: this.database.demo,
      redis_url: this.redisUrl,
      mail_dir: sendsMail(this.environment) ? null : this.state.mail,
      services: Object.fromEntries(
        services.map((service) => [
          service,
          this.fleet.records.filter((app) => app.service === service).map(({ pid, port }) => ({ pid, port })),
        ]),
      ),
    };
  }

  /** Our own PostgreSQL, to look at and to break; undefined where an external one is used. */
  get postgres(): PostgresCluster | undefined {
    return this.servers.postgres;
  }

  /** Likewise our own Redis. */
  get redis(): RedisServer | undefined {
    return this.servers.redis;
  }

  /** Instances of one app, to look at and to break. */
  instances(service: ServiceName): readonly AppProcess[] {
    return this.fleet.instances(service);
  }

  /** Ends the apps in order and starts them again; the servers stay. */
  async restartApps(): Promise<void> {
    if (!this.stopping) await this.fleet.restart(this.options.signal);
  }

  /** Stops everything in order: the gateway drains, then the other apps; replica, primary, Redis. */
  stop(): Promise<void> {
    return (this.stopping ??= this.takeDown());
  }

  /** Ends the apps without waiting for what they work on. */
  hurry(): void {
    this.fleet.hurry();
  }

  private async bringUp(): Promise<void> {
    const { state, report } = this;
    state.create();
    rmSync(state.demoFile, { force: true });
    this.last = readRuntime(state.runtimeFile);
    for (const service of services) compiled(this.appsFolder, service);
    const [left, keys, database, redisUrl] = await allOrNothing([
      endLeftApps(this.last.apps, APP_PATIENCE_MS),
      makeKeys(state.secrets),
      this.servers.startDatabase(this.last.ports),
      this.servers.startRedis(this.last.ports),
    ]);
    if (left.length > 0) report.step(`Ended ${left.length} apps that a killed start had left running`);
    this.database = database;
    this.redisUrl = redisUrl;
    this.mustGoOn();
    await prepareDatabase(database.adminUrl, databasePasswords(state.secrets));
    report.step('Database prepared: roles, tables, row policies');
    this.mustGoOn();
    await this.startApps({
      inherited: this.environment,
      nodes: database.nodes,
      redisUrl,
      keys,
      secretsFolder: state.secrets,
    });
    this.mustGoOn();
    await this.diagnoseThisMachine();
  }

  private async startApps(suite: AppSurroundings): Promise<void> {
    const definitions = await this.defineApps(suite);
    this.report.step(`Starting ${definitions.length} apps …`);
    this.fleet.start(definitions);
    const demo = compiled(this.appsFolder, 'gateway', 'cli/demo.js');
    const demoEnvironment = {
      ...appEnvironment('gateway', suite),
      TECHZE_DEMO: 'true',
      DEMO_ACCOUNTS_FILE: join(this.state.path, 'demo-accounts.json'),
    };
    [this.accounts] = await allOrNothing([
      makeDemoAccounts(demo, demoEnvironment),
      this.fleet.untilReady(this.options.signal),
    ]);
    this.remember();
  }

  private async defineApps(suite: AppSurroundings): Promise<AppDefinition[]> {
    const scale = { ...ONE_OF_EACH, ...this.options.scale };
    const definitions: AppDefinition[] = [];
    for (const service of services) {
      for (let instance = 1; instance <= scale[service]; instance++) {
        const name = instance === 1 ? service : `${service}-${instance}`;
        const last = this.last.ports[name];
        let port = service === 'gateway' ? await this.portOfGateway(last) : await freePort(last);
        while (definitions.some((other) => other.port === port)) port = await freePort();
        definitions.push({
          name,
          service,
          port,
          entry: compiled(this.appsFolder, service),
          environment: {
            ...appEnvironment(service, suite),
            ...(service === 'gateway' && mailEnvironment(this.environment, this.state.mail, port)),
          },
          logFile: join(this.state.logs, `${name}.log`),
        });
      }
    }
    return definitions;
  }

  private async portOfGateway(last: number | undefined): Promise<number> {
    const port = await gatewayPort(this.options.gatewayPort, last);
    if (this.options.gatewayPort === undefined && port !== GATEWAY_PORT)
      this.report.warn(`Port ${GATEWAY_PORT} is taken: the API is on ${port} (GATEWAY_PORT chooses another)`);
    return port;
  }

  private async diagnoseThisMachine(): Promise<void> {
    const user = this.accounts?.tenants[0]?.users.find(({ role }) => role === 'technician');
    if (this.options.agent !== true || !user) return this.nowReady({});
    this.report.step('Diagnosing this machine …');
    const diagnostic_id = await runAgent({
      entry: compiled(this.appsFolder, 'agent'),
      baseUrl: this.baseUrl,
      user,
      saveTo: join(this.state.path, 'last-diagnostic.json'),
      environment: this.environment,
      signal: this.options.signal,
    }).catch((error: unknown) => {
      this.mustGoOn();
      this.report.warn(`This machine was not diagnosed: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (diagnostic_id !== undefined) this.nowReady({ diagnostic_id });
  }

  private nowReady(verdict: Pick<Demo, 'diagnostic_id'>): void {
    this.verdict = { ready_at: new Date().toISOString(), ...verdict };
    this.remember();
  }

  private get baseUrl(): string {
    return `http://127.0.0.1:${this.instances('gateway')[0]?.definition.port ?? 0}`;
  }

  /** Keeps both files true: whoever reads them, or comes after a kill -9, finds what runs now. */
  private remember(): void {
    if (this.stopping) return;
    const ports = { ...this.last.ports, ...this.servers.ports, ...this.fleet.ports };
    writeRuntime(this.state.runtimeFile, { ports, apps: this.fleet.records });
    if (this.accounts) replaceFile(this.state.demoFile, `${JSON.stringify(this.demo, null, 2)}\n`);
  }

  private async takeDown(): Promise<void> {
    await this.fleet.stop();
    await this.servers.stop();
    rmSync(this.state.demoFile, { force: true });
  }

  private mustGoOn(): void {
    this.options.signal?.throwIfAborted();
  }
}

/** Waits for all, then fails if one failed: nothing goes on behind the caller's back. */
async function allOrNothing<T extends readonly Promise<unknown>[] | []>(tasks: T) {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}
