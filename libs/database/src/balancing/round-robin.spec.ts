import fc from 'fast-check';
import type { Candidate } from './balancer.js';
import { RoundRobin } from './round-robin.js';

const node = (id: string, weight = 1): Candidate => ({ id, weight, inUse: 0 });
const [a, b, c] = [node('a'), node('b', 7), node('c', 0.5)];

function picks(balancer: RoundRobin, candidates: readonly Candidate[], times: number): string {
  return Array.from({ length: times }, () => balancer.pick(candidates).id).join('');
}

describe('round robin', () => {
  it('goes round in order, whatever the weights', () => {
    expect(picks(new RoundRobin(), [a, b, c], 9)).toBe('abcabcabc');
  });

  it('gives each exactly its part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 50 }), (size, rounds) => {
        const [balancer, candidates] = [new RoundRobin(), Array.from({ length: size }, (_, n) => node(`n${n}`))];
        for (let round = 0; round < rounds; round++)
          expect(candidates.map(() => balancer.pick(candidates))).toEqual(candidates);
      }),
    );
  });

  it('leaves out who is gone, and lets them back in without a burst', () => {
    const balancer = new RoundRobin();
    expect(picks(balancer, [a, b, c], 3)).toBe('abc');
    expect(picks(balancer, [a, c], 6)).toBe('acacac');
    expect(picks(balancer, [a, b, c], 6)).toBe('abcabc');
  });

  it('goes on in turn when the second choice is asked for among the others', () => {
    const balancer = new RoundRobin();
    const counts = new Map<string, number>();
    for (let n = 0; n < 300; n++) {
      const first = balancer.pick([a, b, c]);
      const second = balancer.pick([a, b, c].filter((other) => other !== first));
      for (const { id } of [first, second]) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts).toEqual(
      new Map([
        ['a', 200],
        ['b', 200],
        ['c', 200],
      ]),
    );
  });
});
