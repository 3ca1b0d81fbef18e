import type { Balancer, Place, Strategy } from './balancer.js';
import { Geographic } from './geographic.js';
import { LeastConnections } from './least-connections.js';
import { RoundRobin } from './round-robin.js';
import { WeightedRoundRobin } from './weighted-round-robin.js';

/** @param here where this process is */
export function createBalancer(strategy: Strategy, here: Place): Balancer {
  switch (strategy) {
    case 'round_robin':
      return new RoundRobin();
    case 'least_connections':
      return new LeastConnections();
    case 'weighted_round_robin':
      return new WeightedRoundRobin();
    case 'geographic':
      return new Geographic(here);
  }
}
