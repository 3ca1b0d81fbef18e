import type { Balancer, Candidate } from './balancer.js';
import { Turns } from './turns.js';

const alike = () => 1;

/** One after the other, in the order of the configuration. */
export class RoundRobin implements Balancer {
  private readonly turns = new Turns();

  pick<C extends Candidate>(candidates: readonly C[]): C {
    return this.turns.next(candidates, alike);
  }
}
