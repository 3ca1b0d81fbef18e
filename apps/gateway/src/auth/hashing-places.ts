import { Problem } from '@techze/contracts';

/** Hashing is made to be dear: more at once than the machine has hands for would starve everything else. */
const PLACES = 2;
const PATIENCE_MS = 2_000;

interface Waiting {
  readonly enter: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Two may hash at a time, the others wait their turn for two seconds (security.md, "Login"). */
export class HashingPlaces {
  private free = PLACES;
  private readonly queue: Waiting[] = [];

  /** @throws Problem `overloaded` when no turn came in time */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await this.turn();
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next) {
        clearTimeout(next.timer);
        next.enter();
      } else this.free += 1;
    }
  }

  private turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(new Problem('overloaded'));
      }, PATIENCE_MS);
      const waiting: Waiting = { enter: resolve, timer };
      this.queue.push(waiting);
    });
  }
}
