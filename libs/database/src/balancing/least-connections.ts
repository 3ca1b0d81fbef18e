import type { Balancer, Candidate } from './balancer.js';
import { Turns } from './turns.js';

/** The one with the fewest connections in use; those that have equally few take turns. */
export class LeastConnections implements Balancer {
  private readonly turns = new Turns();
  private fewest = 0;
  private readonly weightOf = ({ inUse }: Candidate) => (inUse === this.fewest ? 1 : 0);

  pick<C extends Candidate>(candidates: readonly C[]): C {
    this.fewest = Infinity;
    for (const { inUse } of candidates) if (inUse < this.fewest) this.fewest = inUse;
    return this.turns.next(candidates, this.weightOf);
  }
}
