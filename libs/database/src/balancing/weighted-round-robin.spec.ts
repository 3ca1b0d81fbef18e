import type { Candidate } from './balancer.js';
import { WeightedRoundRobin } from './weighted-round-robin.js';

const node = (id: string, weight: number): Candidate => ({ id, weight, inUse: 0 });

function picks(balancer: WeightedRoundRobin, candidates: readonly Candidate[], times: number): string {
  return Array.from({ length: times }, () => balancer.pick(candidates).id).join('');
}

function countsOf(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of text) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

describe('weighted round robin', () => {
  it.each([
    [[5, 1, 1], 'aabacaa'],
    [[1, 0.5], 'aba'],
    [[1, 1, 1], 'abc'],
    [[4, 2, 1], 'abacaba'],
  ])('spreads %j as %s, over and over', (weights, cycle) => {
    const candidates = weights.map((weight, index) => node('abc'.charAt(index), weight));
    expect(picks(new WeightedRoundRobin(), candidates, cycle.length * 20)).toBe(cycle.repeat(20));
  });

  it('gives each exactly its part in every cycle', () => {
    const candidates = [node('a', 50), node('b', 30), node('c', 15), node('d', 5)];
    const balancer = new WeightedRoundRobin();
    for (let cycle = 0; cycle < 100; cycle++)
      expect(countsOf(picks(balancer, candidates, 20))).toEqual({ a: 10, b: 6, c: 3, d: 1 });
  });

  it('never gives two turns running to one that is not owed more than half', () => {
    const candidates = [node('a', 5), node('b', 3), node('c', 2)];
    expect(picks(new WeightedRoundRobin(), candidates, 1000)).not.toMatch(/(.)\1\1|bb|cc/);
  });

  it('keeps the others in proportion while one is gone, and takes it back without a burst', () => {
    const [a, b, c] = [node('a', 3), node('b', 2), node('c', 1)];
    const balancer = new WeightedRoundRobin();
    expect(countsOf(picks(balancer, [a, b, c], 60))).toEqual({ a: 30, b: 20, c: 10 });
    expect(countsOf(picks(balancer, [a, c], 400))).toEqual({ a: 300, c: 100 });
    const back = picks(balancer, [a, b, c], 60);
    expect(countsOf(back)).toEqual({ a: 30, b: 20, c: 10 });
    expect(back).not.toContain('bb');
  });
});
