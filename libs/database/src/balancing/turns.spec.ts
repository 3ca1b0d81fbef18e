import fc from 'fast-check';
import type { Candidate } from './balancer.js';
import { Turns } from './turns.js';

const weightOf = ({ weight }: Candidate) => weight;
const nodes = (...weights: number[]): Candidate[] =>
  weights.map((weight, index) => ({ id: `n${index}`, weight, inUse: 0 }));

/** From nodes that are hardly used to nodes a million times as strong. */
const anyWeights = (max: number) =>
  fc.array(fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0.001, max: 1000, noNaN: true })), {
    minLength: 1,
    maxLength: max,
  });

/** How far each is from its share of the turns at most: behind, and ahead. */
class Shares {
  behind = 0;
  ahead = 0;
  private readonly owed = new Map<string, number>();

  note(candidates: readonly Candidate[], next: Candidate): void {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
    for (const candidate of candidates) {
      const owed = (this.owed.get(candidate.id) ?? 0) + candidate.weight / total - (candidate === next ? 1 : 0);
      this.owed.set(candidate.id, owed);
      this.behind = Math.max(this.behind, owed);
      this.ahead = Math.max(this.ahead, -owed);
    }
  }
}

describe('turns', () => {
  it('are shared out in proportion: within one turn at any moment, for any weights of up to three nodes', () => {
    fc.assert(
      fc.property(anyWeights(3), fc.integer({ min: 1, max: 400 }), (weights, rounds) => {
        const [turns, shares, candidates] = [new Turns(), new Shares(), nodes(...weights)];
        for (let round = 0; round < rounds; round++) shares.note(candidates, turns.next(candidates, weightOf));
        expect(shares.behind).toBeLessThan(1);
        expect(shares.ahead).toBeLessThan(1);
      }),
    );
  });

  it('stay as close as can be for more nodes: never a turn ahead, never 1/2 + … + 1/n behind', () => {
    fc.assert(
      fc.property(anyWeights(12), fc.integer({ min: 1, max: 400 }), (weights, rounds) => {
        const [turns, shares, candidates] = [new Turns(), new Shares(), nodes(...weights)];
        for (let round = 0; round < rounds; round++) shares.note(candidates, turns.next(candidates, weightOf));
        const bound = weights.reduce((sum, _, index) => sum + 1 / (index + 1), 0) - 1;
        expect(shares.behind).toBeLessThanOrEqual(bound + 1e-6);
        expect(shares.ahead).toBeLessThan(1);
      }),
    );
  });

  it('stay in proportion however often candidates come and go', () => {
    const moments = fc.array(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(anyWeights(8), moments, (weights, presences) => {
        const [turns, shares, all] = [new Turns(), new Shares(), nodes(...weights)];
        for (const present of presences) {
          const candidates = all.filter((_, index) => present[index]);
          if (candidates.length > 0) shares.note(candidates, turns.next(candidates, weightOf));
        }
        // Nobody can do better than half a turn a node when the worst is chosen each time.
        const bound = Math.max(1, weights.length / 2);
        expect(shares.behind).toBeLessThan(bound);
        expect(shares.ahead).toBeLessThan(bound);
      }),
    );
  });

  it('have no order but that of the candidates, and no chance in them', () => {
    fc.assert(
      fc.property(anyWeights(6), (weights) => {
        const [one, other, candidates] = [new Turns(), new Turns(), nodes(...weights)];
        for (let round = 0; round < 50; round++)
          expect(one.next(candidates, weightOf)).toBe(other.next(candidates, weightOf));
      }),
    );
  });

  it('are not saved up by one that is away', () => {
    const [a, b] = nodes(1, 1) as [Candidate, Candidate];
    const turns = new Turns();
    turns.next([a, b], weightOf);
    for (let round = 0; round < 1000; round++) expect(turns.next([a], weightOf)).toBe(a);
    expect([1, 2, 3, 4].map(() => turns.next([a, b], weightOf).id)).toEqual(['n1', 'n0', 'n1', 'n0']);
  });

  it('are a tenth of its share for one that is offered every tenth time', () => {
    const [a, b] = nodes(1, 1) as [Candidate, Candidate];
    const turns = new Turns();
    let taken = 0;
    for (let round = 0; round < 2000; round++) if (turns.next(round % 10 === 0 ? [a, b] : [a], weightOf) === b) taken++;
    expect(taken).toBe(100);
  });

  it('go to nobody whose weight is 0', () => {
    const candidates = nodes(0, 1, 0);
    const turns = new Turns();
    for (let round = 0; round < 10; round++) expect(turns.next(candidates, weightOf).id).toBe('n1');
  });

  it('are not lost to rounding: thirds go round in order for as long as anybody asks', () => {
    const [turns, candidates] = [new Turns(), nodes(0.1, 0.1, 0.1)];
    for (let round = 0; round < 300_000; round++) {
      if (turns.next(candidates, weightOf) !== candidates[round % 3]) throw new Error(`out of order at ${round}`);
    }
  });

  it('need somebody to go to', () => {
    expect(() => new Turns().next([], weightOf)).toThrow('nobody to pick from');
  });

  it('do not remember nodes for ever', () => {
    const turns = new Turns();
    const stays: Candidate = { id: 'stays', weight: 1, inUse: 0 };
    for (let n = 0; n < 20_000; n++) turns.next([stays, { id: `passes ${n}`, weight: 1, inUse: 0 }], weightOf);
    expect(turns.size).toBeLessThan(600);
  });
});
