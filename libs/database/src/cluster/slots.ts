import { Problem } from '@techze/contracts';

interface Waiter {
  grant(): void;
  refuse(reason: Error): void;
}

/** The right to use one of a node's connections: first come, first served, in a queue that is bounded in length and time. */
export class Slots {
  private free: number;
  private readonly waiting: Waiter[] = [];

  /** @param mostWaiting how many may wait: more are refused at once instead of being kept waiting in vain */
  constructor(
    private readonly size: number,
    private readonly mostWaiting: number,
  ) {
    this.free = size;
  }

  get queued(): number {
    return this.waiting.length;
  }

  /** Nobody else may wait. */
  get isQueueFull(): boolean {
    return this.waiting.length >= this.mostWaiting;
  }

  get inUse(): number {
    return this.size - this.free;
  }

  /** A slot that is free now is the caller's, who must `give` it back. @returns whether there was one */
  tryTake(): boolean {
    if (this.free === 0) return false;
    this.free -= 1;
    return true;
  }

  /**
   * Resolves when a slot is the caller's, who must `give` it back.
   * @throws Problem `pool-exhausted` when the queue is full or none came free in time
   */
  take(waitMs: number): Promise<void> {
    if (this.tryTake()) return Promise.resolve();
    if (this.isQueueFull || waitMs <= 0) return Promise.reject(new Problem('pool-exhausted'));
    return new Promise((resolve, reject) => {
      const leave = () => this.waiting.splice(this.waiting.indexOf(waiter), 1);
      const timer = setTimeout(() => {
        leave();
        reject(new Problem('pool-exhausted'));
      }, waitMs);
      const waiter: Waiter = {
        grant: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (reason) => {
          clearTimeout(timer);
          reject(reason);
        },
      };
      this.waiting.push(waiter);
    });
  }

  /** As `take`, but ahead of all who wait, and for as long as it takes. */
  claim(): Promise<void> {
    if (this.tryTake()) return Promise.resolve();
    return new Promise((grant, refuse) => this.waiting.unshift({ grant, refuse }));
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next.grant();
    else this.free += 1;
  }

  /** Nobody in the queue will get a slot: the node is gone. */
  refuseAll(reason: Error): void {
    for (const waiter of this.waiting.splice(0)) waiter.refuse(reason);
  }
}
