import fc from 'fast-check';
import type { Candidate } from './balancer.js';
import { LeastConnections } from './least-connections.js';

type Busy = Candidate & { inUse: number };
const node = (id: string, inUse = 0, weight = 1): Busy => ({ id, weight, inUse });

describe('least connections', () => {
  it('takes the one with the fewest in use, whatever its weight and wherever it stands', () => {
    const balancer = new LeastConnections();
    expect(balancer.pick([node('a', 3, 100), node('b', 2, 0.1), node('c', 4)]).id).toBe('b');
    expect(balancer.pick([node('a', 1), node('b', 2), node('c', 4)]).id).toBe('a');
    expect(balancer.pick([node('a', 5), node('b', 6), node('c', 4)]).id).toBe('c');
  });

  it('lets those that are equally free take turns', () => {
    const [balancer, candidates] = [new LeastConnections(), [node('a'), node('busy', 1), node('b'), node('c')]];
    const ids = Array.from({ length: 9 }, () => balancer.pick(candidates).id);
    expect(ids.join('')).toBe('abcabcabc');
  });

  it('never picks one that is busier than another', () => {
    const load = fc.array(fc.nat(20), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(load, { minLength: 1, maxLength: 50 }), (moments) => {
        const balancer = new LeastConnections();
        for (const moment of moments)
          expect(balancer.pick(moment.map((inUse, n) => node(`n${n}`, inUse))).inUse).toBe(Math.min(...moment));
      }),
    );
  });

  it('keeps connections level when work is taken and given back at random', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 500 }), (returns) => {
        const [balancer, candidates] = [new LeastConnections(), [node('a'), node('b'), node('c'), node('d')]];
        for (let n = 0; n < 40; n++) balancer.pick(candidates).inUse += 1;
        expect(candidates.map(({ inUse }) => inUse)).toEqual([10, 10, 10, 10]);
        for (const n of returns) {
          const back = candidates[n % 4];
          if (!back || back.inUse === 0) continue;
          back.inUse -= 1;
          const next = balancer.pick(candidates);
          expect(next).toBe(back);
          next.inUse += 1;
        }
      }),
    );
  });

  it('fills one that comes back empty up to the others, and no further', () => {
    const [balancer, a, b] = [new LeastConnections(), node('a'), node('b')];
    for (let n = 0; n < 10; n++) balancer.pick([a]).inUse += 1;
    for (let n = 0; n < 30; n++) balancer.pick([a, b]).inUse += 1;
    expect([a.inUse, b.inUse]).toEqual([20, 20]);
  });
});
