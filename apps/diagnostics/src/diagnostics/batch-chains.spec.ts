import fc from 'fast-check';
import { chainsOf } from './batch-chains.js';

describe('the chains of a batch', () => {
  it('keep items of one device in their order, and part those of others', () => {
    expect(chainsOf([['a'], ['b'], ['a'], ['c'], ['b', 'x']])).toEqual([[0, 2], [1, 4], [3]]);
  });

  it('join what has something in common through others only', () => {
    expect(chainsOf([['serial:1'], ['hostname:h'], ['serial:1', 'hostname:h']])).toEqual([[0, 1, 2]]);
  });

  it('an item without a mark waits for nobody', () => {
    expect(chainsOf([[], ['a'], []])).toEqual([[0], [1], [2]]);
  });

  it('hold every item once, in order, and no two chains share a mark', () => {
    const batches = fc.array(fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(batches, (marks) => {
        const chains = chainsOf(marks);
        expect(chains.flat().sort((a, b) => a - b)).toEqual([...marks.keys()]);
        for (const chain of chains) expect(chain).toEqual([...chain].sort((a, b) => a - b));
        const owners = new Map<string, number>();
        for (const [owner, chain] of chains.entries()) {
          for (const mark of chain.flatMap((index) => marks[index] ?? [])) {
            expect(owners.get(mark) ?? owner).toBe(owner);
            owners.set(mark, owner);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
