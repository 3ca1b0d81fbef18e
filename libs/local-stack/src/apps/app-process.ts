import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { ServiceName } from '@techze/contracts';
import { LocalStackError } from '../local-stack-error.js';
import { identify, isSame, signal } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import type { AppRecord } from '../state/runtime-file.js';
import type { Report } from '../stack/report.js';
import { isReadyAt } from './ready.js';
import { LogFile } from './log-file.js';
import { errorsIn, readable } from './log-lines.js';
import { restartDelayMs, SETTLED_AFTER_MS } from './restart-delay.js';

const SAME_ERROR_AGAIN_MS = 30_000;

/** One instance of an app. */
export interface AppDefinition {
  /** `diagnostics`, `diagnostics-2`, … */
  readonly name: string;
  readonly service: ServiceName;
  /** The file Node runs. */
  readonly entry: string;
  readonly port: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export interface ReadyOptions {
  readonly timeoutMs: number;
  /** Gives up after so many deaths. */
  readonly deaths?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Keeps one app running: a death is told and answered by a new start, with more patience each time (1 → 30 s). */
export class AppProcess {
  private child: ChildProcess | undefined;
  private current: AppRecord | undefined;
  private wanted = false;
  private deathsInARow = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly log: LogFile;
  private told = { error: '', at: 0 };

  /** @param changed called when the process has another id, or none */
  constructor(
    readonly definition: AppDefinition,
    private readonly report: Report,
    private readonly changed: () => void,
  ) {
    this.log = new LogFile(definition.logFile);
  }

  get name(): string {
    return this.definition.name;
  }

  /** The running process, if any. */
  get record(): AppRecord | undefined {
    return this.current;
  }

  /** How often it died since it last lived for a minute. */
  get deaths(): number {
    return this.deathsInARow;
  }

  /** Starts it and keeps it running until `stop()`. */
  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.spawn();
  }

  /** Waits until its `/ready` answers 200. @throws Error with the end of its log when it dies too often first */
  async untilReady({ timeoutMs, deaths = Infinity, signal }: ReadyOptions): Promise<void> {
    try {
      await waitFor(() => this.deathsInARow >= deaths || isReadyAt(this.definition.port), {
        timeoutMs,
        everyMs: 50,
        signal,
      });
      if (this.deathsInARow < deaths) return;
    } catch {
      signal?.throwIfAborted();
    }
    throw new LocalStackError(`${this.name} did not become ready. The end of ${this.log.path}:\n${this.logTail()}`);
  }

  /** Ends it in order: it drains. Insists after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const { current } = this;
    if (!current) return;
    signal(current.pid, 'SIGTERM');
    try {
      await waitFor(() => !isSame(current), { timeoutMs: patienceMs });
    } catch {
      this.report.warn(`${this.name} did not stop within ${Math.round(patienceMs / 1000)} s and was killed`);
      signal(current.pid, 'SIGKILL');
      await waitFor(() => !isSame(current), { what: `${this.name} did not die` });
    }
    this.current = undefined;
  }

  /** Sends it a signal; after SIGKILL it is started again like after any death. */
  signal(name: NodeJS.Signals): void {
    if (this.current) signal(this.current.pid, name);
  }

  /** Tells errors that it logged since the last call; a repetition only after a while. */
  tellErrors(): void {
    const [first, ...more] = errorsIn(this.log.news());
    if (first === undefined) return;
    if (first === this.told.error && performance.now() - this.told.at < SAME_ERROR_AGAIN_MS) return;
    this.told = { error: first, at: performance.now() };
    this.report.warn(
      `${this.name}: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''} – see ${this.log.path}`,
    );
  }

  private spawn(): void {
    const { entry, environment, port, service } = this.definition;
    const log = this.log.open();
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: { ...environment, PORT: String(port), HOST: '127.0.0.1' },
      stdio: ['ignore', log, log], // a file, not a pipe: it lives on when this process is killed
      detached: true, // Ctrl-C in the terminal is for the supervisor, which ends apps in order
    });
    closeSync(log);
    this.child = child;
    child.once('error', () => {}); // always followed by no pid or by exit
    child.once('exit', (code, by) => this.died(child, by ?? `code ${code}`, performance.now() - startedAt));
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    this.current = identity && { ...identity, service, port };
    if (child.pid === undefined) this.died(child, 'it could not be run', 0);
    this.changed();
  }

  private died(child: ChildProcess, how: string, livedMs: number): void {
    if (this.child !== child) return;
    this.child = undefined;
    const pid = this.current?.pid;
    this.current = undefined;
    if (!this.wanted) return;
    this.deathsInARow = livedMs >= SETTLED_AFTER_MS ? 1 : this.deathsInARow + 1;
    const delayMs = restartDelayMs(this.deathsInARow);
    this.report.warn(`${this.name} (pid ${pid ?? '–'}) ended: ${how}; starting it again in ${delayMs / 1000} s`);
    this.changed();
    this.timer = setTimeout(() => {
      this.spawn();
      void this.tellWhenReady();
    }, delayMs);
  }

  private async tellWhenReady(): Promise<void> {
    const { current } = this;
    await waitFor(() => this.current !== current || isReadyAt(this.definition.port), { timeoutMs: 60_000 }).catch(
      () => {},
    );
    if (this.wanted && this.current === current && current) {
      this.report.step(`${this.name} is back (pid ${current.pid}, port ${current.port})`);
    }
  }

  private logTail(): string {
    return readable(this.log.tail(15));
  }
}
