import { readFileSync } from 'node:fs';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What a thread says first, so that others can see how long it really worked. */
export interface ThreadNumber {
  readonly thread: number;
}

/** How the work of one job ended: with the thread's message, or with the end of the thread. */
export type Ending<Outcome> = { readonly outcome: Outcome } | { readonly cause: unknown };

/** One thread that does one job at a time. It says nothing of a job after its end. */
export class WorkerThread<Job, Outcome> {
  private readonly worker: Worker;
  private onEnd: ((ending: Ending<Outcome>) => void) | undefined;
  private dying = false;
  private gone = false;
  private proved = false;
  private number: number | undefined;

  /** @param onGone the thread ended, for whatever reason */
  constructor(
    entry: URL,
    options: WorkerOptions,
    onGone: (thread: WorkerThread<Job, Outcome>, cause: unknown) => void,
  ) {
    let cause: unknown;
    this.worker = new Worker(entry, options);
    this.worker.on('message', (outcome: Outcome | ThreadNumber) => {
      if (isThreadNumber(outcome)) {
        this.number = outcome.thread;
        return;
      }
      this.proved = true;
      this.end({ outcome });
    });
    this.worker.on('messageerror', (error) => this.end({ cause: error }));
    this.worker.on('error', (error) => (cause = error));
    this.worker.on('exit', (code) => {
      this.gone = true;
      cause ??= `the worker thread ended with ${code}`;
      this.end({ cause });
      onGone(this, cause);
    });
    // A process ends with its last handle: its idle workers are none.
    this.worker.unref();
  }

  /** Or about to end: nothing more can be asked of it. */
  get isBusy(): boolean {
    return this.onEnd !== undefined || this.dying;
  }

  /** It has done a job: whatever ends it later, the next one can begin. */
  get isProved(): boolean {
    return this.proved;
  }

  /** Time that a processor worked for it, as Linux counts it; undefined where nobody does. */
  cpuMs(): number | undefined {
    if (this.number === undefined) return undefined;
    try {
      const [ns] = readFileSync(`/proc/self/task/${this.number}/schedstat`, 'utf8').split(' ');
      return Number(ns) / 1e6;
    } catch {
      return undefined;
    }
  }

  do(job: Job, onEnd: (ending: Ending<Outcome>) => void): void {
    if (this.gone) return onEnd({ cause: 'the worker thread has ended' });
    this.onEnd = onEnd;
    this.worker.ref();
    this.worker.postMessage(job);
  }

  async kill(): Promise<void> {
    this.dying = true;
    await this.worker.terminate();
  }

  private end(ending: Ending<Outcome>): void {
    const { onEnd } = this;
    this.onEnd = undefined;
    if (!this.gone) this.worker.unref();
    onEnd?.(ending);
  }
}

function isThreadNumber(message: unknown): message is ThreadNumber {
  return typeof message === 'object' && message !== null && 'thread' in message;
}
