import fc from 'fast-check';
import { noise } from '../../../test/support/noise.js';
import { againstPeers, cohortOutliers } from './index.js';

const values = (...all: number[]) => Float64Array.from(all);
const normals = (seed: number) => {
  const { normal } = noise(seed);
  return (count: number) => Float64Array.from({ length: count }, normal);
};

describe('a device against its peers', () => {
  it('far from all of them stands out, with the range in which it was expected', () => {
    const [found, ...more] = cohortOutliers([{ value: 91, peers: values(44, 45, 43.5, 46, 44.5, 45.5, 44) }]);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ index: 0, median: 44.5, peers: 7, share: 0 });
    expect(found!.expected.low).toBeLessThan(43.5);
    expect(found!.expected.high).toBeGreaterThan(46);
    expect(found!.expected.high).toBeLessThan(91);
    expect(found!.score).toBe(1 - found!.q_value);
  });

  it('is not judged by fewer than five, and a missing value is no peer', () => {
    expect(againstPeers(90, values(1, 2, 3, 4))).toBeNull();
    expect(againstPeers(90, values(1, 2, 3, 4, NaN))).toBeNull();
    expect(againstPeers(90, values(1, 2, 3, 4, 5))).not.toBeNull();
    expect(againstPeers(NaN, values(1, 2, 3, 4, 5))).toBeNull();
    expect(cohortOutliers([{ value: 90, peers: values(1, 2, 3, 4) }])).toEqual([]);
  });

  it.each([5, 8, 20, 100])('of %d normal ones is called rare no more often than it is', (count) => {
    const draw = normals(count);
    const rare = { 0.05: 0, 0.01: 0 };
    const draws = 2000;
    for (let index = 0; index < draws; index += 1) {
      const { p_value } = againstPeers(draw(1)[0]!, draw(count))!;
      if (p_value <= 0.05) rare[0.05] += 1;
      if (p_value <= 0.01) rare[0.01] += 1;
    }
    expect(rare[0.05] / draws).toBeLessThan(0.06);
    expect(rare[0.01] / draws).toBeLessThan(0.015);
  });

  it('is not hidden by other outliers: nearly half of the peers may be broken', () => {
    const peers = values(44, 45, 43.5, 46, 44.5, 45.5, 44, 45, 300, 310, 290, 305, 299, 301);
    expect(againstPeers(-150, peers)!.p_value).toBeLessThan(0.01);
  });

  it('differs from peers that all agree: news among many of them, not among a handful', () => {
    expect(againstPeers(1, new Float64Array(9))).toMatchObject({ p_value: 0.1, expected: { low: 0, high: 0 } });
    expect(cohortOutliers([{ value: 1, peers: new Float64Array(9) }])).toEqual([]);
    expect(cohortOutliers([{ value: 1, peers: new Float64Array(40) }])).toHaveLength(1);
    expect(againstPeers(0, new Float64Array(9))!.p_value).toBe(1);
  });

  it('is as it should be where a few peers are like it, though most are not', () => {
    const peers = Float64Array.from({ length: 50 }, (_, index) => (index < 5 ? 3 : 0));
    expect(againstPeers(3, peers)).toMatchObject({ share: 0.1 });
    expect(againstPeers(3, peers)!.p_value).toBeGreaterThan(0.05);
  });

  it('is judged the same in any unit and whatever the order of its peers', () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -50, max: 50 }),
        ([value, ...peers], a, b) => {
          const one = againstPeers(value!, Float64Array.from(peers))!;
          const other = againstPeers(
            a * value! + b,
            Float64Array.from(peers.toReversed(), (peer) => a * peer + b),
          )!;
          expect(other.p_value).toBeCloseTo(one.p_value, 9);
          expect(other.share).toBe(one.share);
          expect(other.expected.high).toBeCloseTo(a * one.expected.high + b, 6);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is rarer the farther out it lies', () => {
    const peers = normals(3)(12);
    const { median } = againstPeers(0, peers)!;
    const chances = [0, 1, 2, 4, 8, 16, 64].map((off) => againstPeers(median - off, peers)!.p_value);
    expect(chances).toEqual(chances.toSorted((one, other) => other - one));
    expect(chances.at(-1)).toBeLessThan(1e-4);
  });
});

describe('many devices and metrics', () => {
  it('of which nothing is wrong report hardly any, and the broken ones among them first', () => {
    const draw = normals(11);
    const tests = Array.from({ length: 1000 }, () => ({ value: draw(1)[0]!, peers: draw(20) }));
    expect(cohortOutliers(tests).length).toBeLessThanOrEqual(1);
    const broken = tests.with(17, { value: 15, peers: draw(20) }).with(400, { value: -40, peers: draw(20) });
    expect(
      cohortOutliers(broken)
        .slice(0, 2)
        .map(({ index }) => index),
    ).toEqual([400, 17]);
  });
});
