import { setImmediate } from 'node:timers/promises';

/** Longer than this nobody else in the process waits for a computation. */
const LONGEST_MS = 10;

/** Lets the event loop turn now and then: for work that is small most of the time and long when there is much to relive. */
export class Breather {
  private since = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.since < LONGEST_MS) return;
    await setImmediate();
    this.since = performance.now();
  }
}
