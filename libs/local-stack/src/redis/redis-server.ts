import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../processes/free-port.js';
import { identify, isSame, signal, type ProcessIdentity } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import type { RedisProgram } from './redis-program.js';

export interface RedisServerOptions {
  readonly program: RedisProgram;
  /** Holds data, log and identity; made when absent. */
  readonly folder: string;
  /** Port of an earlier run, kept when free. */
  readonly port?: number | undefined;
  /** Keep what it holds on disk (append-only file). */
  readonly durable: boolean;
}

/** A Redis on 127.0.0.1 that never evicts. It outlives this process and can be taken over. */
export class RedisServer {
  /** Known after the first start, kept by the later ones. */
  port: number | undefined;
  readonly name = 'Redis';
  private readonly stateFile: string;
  private starting: Promise<void> | undefined;
  private wanted = false;

  constructor(private readonly options: RedisServerOptions) {
    this.port = options.port;
    this.stateFile = join(options.folder, 'redis.json');
  }

  /** The server that runs on a folder, if any, to look at and to stop. */
  static in(folder: string): RedisServer {
    return new RedisServer({ program: { file: 'redis-server', environment: {} }, folder, durable: true });
  }

  get url(): string {
    if (this.port === undefined) throw new Error('Redis has not been started');
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.running()?.pid;
  }

  get isRunning(): boolean {
    return this.running() !== undefined;
  }

  /** False until it was started, and after somebody stopped it. A crash changes nothing. */
  get isWanted(): boolean {
    return this.wanted;
  }

  /** Starts it, on the port it had unless that was taken. Takes over a server that already runs on this folder. */
  start(): Promise<void> {
    this.wanted = true;
    return (this.starting ??= this.startOrTakeOver().finally(() => (this.starting = undefined)));
  }

  /** Stops it in order, what it holds written when it is durable. Does nothing when it is not running. */
  async stop(): Promise<void> {
    this.wanted = false;
    await this.starting?.catch(() => {});
    await this.end('SIGTERM');
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops it and removes its data. */
  async destroy(): Promise<void> {
    await this.kill();
    await rm(this.options.folder, { recursive: true, force: true });
  }

  private async startOrTakeOver(): Promise<void> {
    const running = this.running();
    if (running) this.port = running.port;
    else await this.spawn();
    await this.untilItAnswers();
  }

  private async spawn(): Promise<void> {
    const { folder, program, durable } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.port = await freePort(this.port);
    const log = openSync(join(folder, 'redis.log'), 'w', 0o600);
    const settings: Record<string, string> = {
      bind: '127.0.0.1',
      port: String(this.port),
      dir: folder,
      'maxmemory-policy': 'noeviction',
      appendonly: durable ? 'yes' : 'no',
      save: '',
      daemonize: 'no',
    };
    const child = spawn(
      program.file,
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      {
        cwd: folder,
        env: { PATH: process.env.PATH, LC_ALL: 'C', ...program.environment },
        stdio: ['ignore', log, log],
        detached: true, // Ctrl-C in the terminal is for the supervisor, which stops servers in order
      },
    );
    closeSync(log);
    child.on('error', () => {}); // told by untilItAnswers
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity) await writeFile(this.stateFile, JSON.stringify({ ...identity, port: this.port }), { mode: 0o600 });
  }

  private async untilItAnswers(): Promise<void> {
    try {
      await waitFor(() => !this.isRunning || ping(this.port ?? 0), { timeoutMs: 30_000, what: 'Redis did not answer' });
      if (!this.isRunning) throw new Error('Redis ended at once');
    } catch (error) {
      throw new Error(`Redis did not start:\n${this.logTail()}`, { cause: error });
    }
  }

  private async end(how: NodeJS.Signals): Promise<void> {
    const running = this.running();
    if (!running) return;
    signal(running.pid, how);
    await waitFor(() => !isSame(running), { timeoutMs: 15_000, everyMs: 5, what: 'Redis did not end' });
  }

  private running(): (ProcessIdentity & { port: number }) | undefined {
    try {
      const state = JSON.parse(readFileSync(this.stateFile, 'utf8')) as ProcessIdentity & { port: number };
      return isSame(state) ? state : undefined;
    } catch {
      return undefined;
    }
  }

  private logTail(): string {
    try {
      return readFileSync(join(this.options.folder, 'redis.log'), 'utf8').split('\n').slice(-8).join('\n');
    } catch {
      return `${this.options.program.file} could not be run`;
    }
  }
}

/** Whether a Redis there answers PING with PONG: not while it is still loading. */
function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')));
  });
}
