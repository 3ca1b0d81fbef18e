import type { WorkerOptions } from 'node:worker_threads';
import { Problem } from '@techze/contracts';
import type { Logger } from '@techze/observability';
import { workerJobSeconds, workerRefusedTotal, workersBusy, workersQueued } from './metrics.js';
import { WorkerThread, type Ending } from './worker-thread.js';

/** A thread that ends again and again as it begins is not begun again faster than this. */
const REBIRTH_MS = 1_000;

export interface WorkerPoolOptions {
  /** The compiled module that a thread runs. */
  readonly entry: URL;
  readonly threads: number;
  readonly worker: WorkerOptions;
  /** A job that works longer is given up, and its thread with it: nothing else stops a computation. */
  readonly deadlineMs: number;
  /** So many jobs may wait for a thread, of so many bytes together; so long. */
  readonly queue: { readonly jobs: number; readonly bytes: number; readonly waitMs: number };
}

/** A job that gets no processor is given up after so many times its deadline. */
const STARVED_TIMES = 3;

interface Waiting<Job, Outcome> {
  readonly job: Job;
  readonly begin: (thread: WorkerThread<Job, Outcome>) => void;
  readonly reject: (problem: Problem) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Threads for what would hold up the event loop. Of our own, not piscina: its time limit counts from when a job is handed
 * in, not from when it begins, and its queue knows no sizes. Made of: a bounded queue that refuses at once, a deadline that
 * kills, and a new thread for each that ended.
 */
export class WorkerPool<
  Job extends { readonly kind: string; readonly body: { readonly byteLength: number } },
  Outcome,
> {
  private readonly threads = new Set<WorkerThread<Job, Outcome>>();
  private readonly waiting = new Set<Waiting<Job, Outcome>>();
  private bytes = 0;
  private closed = false;
  private reborn = 0;

  constructor(
    private readonly options: WorkerPoolOptions,
    private readonly logger: Logger,
  ) {}

  start(): void {
    while (this.threads.size < this.options.threads) this.addThread();
  }

  /**
   * @throws Problem `overloaded` at once when too much waits, and later when it waited too long; `computation-too-long`;
   *   `service-unavailable` when its thread ended under it
   */
  run(job: Job): Promise<Outcome> {
    if (this.closed) return Promise.reject(shuttingDown());
    return new Promise((resolve, reject) => {
      const begin = (thread: WorkerThread<Job, Outcome>) => this.begin(thread, job, resolve, reject);
      const idle = this.idleThread();
      if (idle) begin(idle);
      else this.enqueue(job, begin, reject);
    });
  }

  /** What is under way or waits is given up. */
  async close(): Promise<void> {
    this.closed = true;
    for (const waiting of this.waiting) {
      this.take(waiting);
      waiting.reject(shuttingDown());
    }
    await Promise.all([...this.threads].map((thread) => thread.kill()));
  }

  private enqueue(job: Job, begin: Waiting<Job, Outcome>['begin'], reject: (problem: Problem) => void): void {
    const { jobs, bytes, waitMs } = this.options.queue;
    const refuse = () => {
      workerRefusedTotal.inc({ reason: 'overloaded' });
      reject(new Problem('overloaded'));
    };
    if (this.waiting.size >= jobs || this.bytes + job.body.byteLength > bytes) return refuse();
    const timer = setTimeout(() => {
      this.take(waiting);
      refuse();
    }, waitMs);
    const waiting = { job, begin, reject, timer };
    this.waiting.add(waiting);
    this.bytes += job.body.byteLength;
    workersQueued.set(this.waiting.size);
  }

  private take(waiting: Waiting<Job, Outcome>): void {
    clearTimeout(waiting.timer);
    this.waiting.delete(waiting);
    this.bytes -= waiting.job.body.byteLength;
    workersQueued.set(this.waiting.size);
  }

  private begin(
    thread: WorkerThread<Job, Outcome>,
    job: Job,
    resolve: (outcome: Outcome) => void,
    reject: (problem: Problem) => void,
  ): void {
    let late = false;
    const stop = workerJobSeconds.startTimer({ kind: job.kind });
    const watch = this.watch(thread, () => {
      late = true;
      void thread.kill();
    });
    thread.do(job, (ending: Ending<Outcome>) => {
      watch.end();
      stop();
      workersBusy.dec();
      if ('outcome' in ending) {
        resolve(ending.outcome);
        this.next(thread);
        return;
      }
      workerRefusedTotal.inc({ reason: late ? 'deadline' : 'lost' });
      reject(late ? new Problem('computation-too-long') : new Problem('service-unavailable', { cause: ending.cause }));
    });
    workersBusy.inc();
  }

  /**
   * Calls back when the job had its time. On a machine that is busy with other things the time that counts is that of the
   * processor: a caller must not be refused because of others, nor wait for ever.
   */
  private watch(thread: WorkerThread<Job, Outcome>, onLate: () => void): { end: () => void } {
    const { deadlineMs } = this.options;
    const begun = performance.now();
    const workedBefore = thread.cpuMs();
    const look = () => {
      const worked = workedBefore === undefined ? undefined : (thread.cpuMs() ?? Infinity) - workedBefore;
      const left = Math.min(
        deadlineMs - (worked ?? Infinity),
        STARVED_TIMES * deadlineMs - (performance.now() - begun),
      );
      if (left < 1) onLate();
      else timer = setTimeout(look, left);
    };
    let timer = setTimeout(look, deadlineMs);
    return { end: () => clearTimeout(timer) };
  }

  private next(thread: WorkerThread<Job, Outcome>): void {
    const [waiting] = this.waiting;
    // The answer of a job that was given up may come after all: its thread ends for that.
    if (!waiting || thread.isBusy) return;
    this.take(waiting);
    waiting.begin(thread);
  }

  private idleThread(): WorkerThread<Job, Outcome> | undefined {
    for (const thread of this.threads) if (!thread.isBusy) return thread;
    return undefined;
  }

  private addThread(): void {
    const thread = new WorkerThread<Job, Outcome>(this.options.entry, this.options.worker, (gone, cause) => {
      this.threads.delete(gone);
      if (this.closed) return;
      this.logger.warn('a worker thread ended', { reason: String(cause) });
      const since = Date.now() - this.reborn;
      if (gone.isProved || since >= REBIRTH_MS) this.replace();
      else setTimeout(() => this.replace(), REBIRTH_MS - since).unref();
    });
    this.threads.add(thread);
    this.next(thread);
  }

  private replace(): void {
    if (this.closed || this.threads.size >= this.options.threads) return;
    this.reborn = Date.now();
    this.addThread();
  }
}

function shuttingDown(): Problem {
  return new Problem('service-unavailable', { cause: 'the workers are shutting down' });
}
