import type { Balancer, Candidate } from './balancer.js';
import { Turns } from './turns.js';

const weightOf = ({ weight }: Candidate) => weight;

/** Each as often as its weight says, spread out evenly: weights of 5, 1 and 1 give a a b a c a a. */
export class WeightedRoundRobin implements Balancer {
  private readonly turns = new Turns();

  pick<C extends Candidate>(candidates: readonly C[]): C {
    return this.turns.next(candidates, weightOf);
  }
}
