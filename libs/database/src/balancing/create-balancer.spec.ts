import { strategies } from './balancer.js';
import { createBalancer } from './create-balancer.js';
import { Geographic } from './geographic.js';
import { LeastConnections } from './least-connections.js';
import { RoundRobin } from './round-robin.js';
import { WeightedRoundRobin } from './weighted-round-robin.js';

describe('each name is its strategy', () => {
  const expected = {
    round_robin: RoundRobin,
    least_connections: LeastConnections,
    weighted_round_robin: WeightedRoundRobin,
    geographic: Geographic,
  };

  it.each(strategies)('%s', (name) => {
    expect(createBalancer(name, {})).toBeInstanceOf(expected[name]);
  });

  it('and geographic knows where it is', () => {
    const candidates = ['eu-west', 'sa-east'].map((region) => ({ id: region, region, weight: 1, inUse: 0 }));
    expect(createBalancer('geographic', { region: 'sa-east' }).pick(candidates).id).toBe('sa-east');
  });
});
