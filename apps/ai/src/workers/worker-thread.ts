import { Worker, type WorkerOptions } from 'node:worker_threads';

/** How the work of one job ended: with the thread's message, or with the end of the thread. */
export type Ending<Outcome> = { readonly outcome: Outcome } | { readonly cause: unknown };

/** One thread that does one job at a time. It says nothing of a job after its end. */
export class WorkerThread<Job, Outcome> {
  private readonly worker: Worker;
  private onEnd: ((ending: Ending<Outcome>) => void) | undefined;
  private gone = false;
  private proved = false;

  /** @param onGone the thread ended, for whatever reason */
  constructor(
    entry: URL,
    options: WorkerOptions,
    onGone: (thread: WorkerThread<Job, Outcome>, cause: unknown) => void,
  ) {
    let cause: unknown;
    this.worker = new Worker(entry, options);
    this.worker.on('message', (outcome: Outcome) => {
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

  get isBusy(): boolean {
    return this.onEnd !== undefined;
  }

  /** It has done a job: whatever ends it later, the next one can begin. */
  get isProved(): boolean {
    return this.proved;
  }

  do(job: Job, onEnd: (ending: Ending<Outcome>) => void): void {
    if (this.gone) return onEnd({ cause: 'the worker thread has ended' });
    this.onEnd = onEnd;
    this.worker.ref();
    this.worker.postMessage(job);
  }

  async kill(): Promise<void> {
    await this.worker.terminate();
  }

  private end(ending: Ending<Outcome>): void {
    const { onEnd } = this;
    this.onEnd = undefined;
    if (!this.gone) this.worker.unref();
    onEnd?.(ending);
  }
}
