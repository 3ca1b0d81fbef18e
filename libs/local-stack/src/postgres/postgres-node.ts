import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../processes/free-port.js';
import { commandOf, isAlive, processesIn, signal } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import type { PostgresPrograms } from './postgres-programs.js';

export const SUPERUSER = 'postgres';

/** Settings of `postgresql.conf`; written anew at each start. */
export type PostgresSettings = Readonly<Record<string, string | number>>;

/** One PostgreSQL server with its own data folder. Its processes outlive this one and can be taken over. */
export class PostgresNode {
  /** Where it listens on 127.0.0.1; known after the first start, kept by the later ones. */
  port: number | undefined;
  private readonly logFile: string;
  private starting: Promise<void> | undefined;
  private wanted = false;

  constructor(
    readonly id: string,
    readonly dataDir: string,
    private readonly programs: PostgresPrograms,
    private readonly password: string,
    private readonly settings: () => PostgresSettings,
  ) {
    this.logFile = `${dataDir}.log`;
  }

  get name(): string {
    return `PostgreSQL ${this.id}`;
  }

  /** False until it was started, and after somebody stopped it. A crash changes nothing. */
  get isWanted(): boolean {
    return this.wanted;
  }

  /** A superuser's URL of one database on this node. */
  url(database = 'postgres'): string {
    if (this.port === undefined) throw new Error(`${this.name} has not been started`);
    return `postgres://${SUPERUSER}:${encodeURIComponent(this.password)}@127.0.0.1:${this.port}/${database}`;
  }

  get isInitialised(): boolean {
    return existsSync(join(this.dataDir, 'PG_VERSION'));
  }

  /** Id of the running server's first process. */
  get pid(): number | undefined {
    const pid = Number(this.pidFile()[0]);
    return Number.isInteger(pid) && isAlive(pid) && commandOf(pid).includes(this.dataDir) ? pid : undefined;
  }

  get isRunning(): boolean {
    return this.pid !== undefined;
  }

  /** Starts it, on the port it had unless that was taken. Takes over a server that already runs on this folder. */
  start(): Promise<void> {
    this.wanted = true;
    return (this.starting ??= this.startOrTakeOver().finally(() => (this.starting = undefined)));
  }

  /** Ends sessions and stops it in order ("fast shutdown"). Does nothing when it is not running. */
  async stop(): Promise<void> {
    this.wanted = false;
    await this.starting?.catch(() => {});
    const pid = this.pid;
    if (pid === undefined) return;
    signal(pid, 'SIGINT');
    await waitFor(() => !isAlive(pid), { timeoutMs: 30_000, what: `${this.name} did not stop` });
  }

  /** Ends it as a crash of the machine would: kill -9 of all its processes. */
  async kill(): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    // The postmaster first would leave the others to find out by themselves.
    const family = this.family(pid);
    for (const member of family) signal(member, 'SIGKILL');
    await waitFor(() => ![...family].some(isAlive), { what: `${this.name} did not die` });
  }

  /** Lets it hang: none of its processes goes on, connections are still accepted (by the kernel), nothing answers. */
  freeze(): void {
    const pid = this.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    signal(pid, 'SIGSTOP'); // the postmaster first: it has no further children then
    for (const member of this.family(pid)) signal(member, 'SIGSTOP');
  }

  /** Lets it go on after `freeze`. */
  thaw(): void {
    const pid = this.pid;
    if (pid !== undefined) for (const member of this.family(pid)) signal(member, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Lets the running server take over what has changed in its settings and needs no restart. */
  async reload(): Promise<void> {
    await this.writeSettings();
    await this.query('select pg_reload_conf()');
  }

  /** Makes a standby the primary of its own timeline. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 30)');
  }

  /** Runs one statement as superuser on a connection of its own. @returns its rows */
  async query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.withClient(async (client) => (await client.query<Row>(sql, [...parameters])).rows);
  }

  /** Lends a superuser's connection for several statements. */
  async withClient<T>(work: (client: Client) => Promise<T>, database = 'postgres'): Promise<T> {
    const client = new Client({ connectionString: this.url(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => {}); // the server may go first; a statement under way rejects on its own
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  private async startOrTakeOver(): Promise<void> {
    if (this.isRunning) {
      this.port = Number(this.pidFile()[3]);
      return this.untilItAnswers();
    }
    await this.clearAfterCrash();
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort(this.port);
      await this.writeSettings();
      await this.ownedFile(this.logFile, '');
      try {
        return await this.spawn();
      } catch (error) {
        const log = this.logTail();
        const portTaken = /could not (bind|create any TCP\/IP sockets)/.test(log);
        if (attempt === 3 || !portTaken) throw new Error(`${this.name} did not start:\n${log}`, { cause: error });
      }
    }
  }

  private async untilItAnswers(): Promise<void> {
    await waitFor(() => this.query('select 1'), { timeoutMs: 60_000, what: `${this.name} did not answer` });
  }

  private family(pid: number): ReadonlySet<number> {
    return new Set([pid, ...processesIn(this.dataDir)]);
  }

  private pidFile(): string[] {
    try {
      return readFileSync(join(this.dataDir, 'postmaster.pid'), 'utf8').split('\n');
    } catch {
      return [];
    }
  }

  /**
   * After a kill -9 the pid file stays, and PostgreSQL believes it when another process has the number by now.
   * It may go only once no process of the old server is left to write into the folder.
   */
  private async clearAfterCrash(): Promise<void> {
    if (process.platform !== 'linux' || this.pidFile().length === 0) return;
    for (const orphan of processesIn(this.dataDir)) signal(orphan, 'SIGKILL');
    await waitFor(() => processesIn(this.dataDir).length === 0, {
      what: `${this.name} left processes behind`,
    });
    await rm(join(this.dataDir, 'postmaster.pid'), { force: true });
  }

  private async writeSettings(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      ...this.settings(),
    };
    const lines = Object.entries(settings).map(
      ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`,
    );
    await this.ownedFile(join(this.dataDir, 'techze.conf'), lines.join(''));
  }

  private async ownedFile(path: string, text: string): Promise<void> {
    await writeFile(path, text, { mode: 0o600 });
    const { uid, gid } = this.programs.user;
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }

  /** Ready is what the server itself says in its pid file: a standby only when it answers queries. */
  private async spawn(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const child = spawn(this.programs.postgres, ['-D', this.dataDir], {
      ...this.programs.user,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C in the terminal is for the supervisor, which stops servers in order
    });
    closeSync(log);
    child.on('error', () => {}); // no pid then
    child.unref();
    const { pid } = child;
    if (pid === undefined) throw new Error(`${this.programs.postgres} could not be run`);
    await waitFor(() => this.isReady(pid) || !isAlive(pid), {
      timeoutMs: 60_000,
      everyMs: 10,
      what: 'it was not ready',
    });
    if (!isAlive(pid)) throw new Error('it ended at once');
  }

  private isReady(pid: number): boolean {
    const [owner, , , , , , , status] = this.pidFile();
    return Number(owner) === pid && status?.trim() === 'ready';
  }

  private logTail(): string {
    return readFileSync(this.logFile, 'utf8').split('\n').slice(-12).join('\n').trim();
  }
}
