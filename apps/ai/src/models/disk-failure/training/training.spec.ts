import fc from 'fast-check';
import { noise } from '../../../../test/support/noise.js';
import { BoostedTrees } from '../boosted-trees.js';
import { features } from '../features.js';
import type { Drive } from './backblaze.js';
import { edgesOf, binned } from './bin.js';
import { boost, stored, type BoostPlan } from './boost.js';
import { trainingExamplesOf } from './examples.js';
import { fit } from './fit.js';
import { isotonic } from './isotonic.js';

/** Of every three disks one grows bad sectors, and most of these fail. */
function drives(count: number, seed: number): Drive[] {
  const { uniform } = noise(seed);
  return Array.from({ length: count }, (_, index): Drive => {
    const isBad = index % 3 === 0;
    const fails = uniform() < (isBad ? 0.8 : 0.05);
    const snapshots = Array.from({ length: 4 }, (__, month) => ({
      hours: 1_000 + 720 * month,
      model: index % 2 === 0 ? 'ST4000DM000' : 'WDC WD30EFRX',
      attributes: { 5: isBad ? Math.floor(200 * month * uniform()) : 0, 197: Math.floor(2 * uniform()) },
    }));
    return {
      id: `drive-${index}`,
      model: snapshots[0]!.model,
      snapshots,
      landmarks: [
        { hours: 2_500, fails: false },
        { hours: 3_200, fails },
      ],
      failedAt: fails ? 3_500 : null,
    };
  });
}

const small: BoostPlan = {
  trees: 12,
  rate: 0.3,
  leaves: 8,
  minHessian: 0.5,
  minRows: 3,
  lambda: 1,
  minGain: 0,
  rowShare: 0.7,
  columnShare: 0.7,
};
const directions = [1, -1, 0] as const;

/** Three columns, a few cells missing; what fails has to do with all, against the directions as often as with them. */
function trained(seed: number): { trees: BoostedTrees; rows: Float64Array[] } {
  const { uniform } = noise(seed);
  const cell = () => (uniform() < 0.1 ? NaN : 10 * uniform());
  const rows = Array.from({ length: 150 }, () => Float64Array.of(cell(), cell(), cell()));
  const labels = Uint8Array.from(rows, ([a, b, c]) => {
    return Math.sin(a! || 0) + Math.cos(b! || 0) + Math.sin(c! || 0) + uniform() > 1.2 ? 1 : 0;
  });
  const edges = directions.map((_, column) => edgesOf(rows.map((row) => row[column]!)));
  return {
    trees: new BoostedTrees(stored([boost(binned(rows, edges, directions), labels, small, seed)], edges)),
    rows,
  };
}

const seeds = fc.integer({ min: 1, max: 1e9 });

describe('a training', () => {
  it('brings forth the same model, to the last digit, from the same drives', () => {
    const one = fit(drives(40, 1), 1);
    expect(JSON.stringify(fit(drives(40, 1), 1))).toBe(JSON.stringify(one));
    expect(one.trees.feature.some((asked) => asked >= 0)).toBe(true);
    expect(one.trees.edges).toHaveLength(features.length);
  });

  it('sees nothing of a drive that comes after the landmark', () => {
    const known = drives(6, 2);
    const later = known.map((drive) => ({
      ...drive,
      snapshots: [...drive.snapshots, { hours: 3_400, model: drive.model, attributes: { 5: 60_000, 187: 900 } }],
    }));
    const seen = (all: readonly Drive[]) => trainingExamplesOf(all).map(({ history, label }) => ({ history, label }));
    expect(seen(later)).toEqual(seen(known));
  });
});

describe('boosted trees', () => {
  it('never lower the risk for more of what may only raise it, nor raise it for more of what may only lower it', () => {
    let moved = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const { trees, rows } = trained(seed);
        for (const row of rows.slice(0, 40)) {
          for (const [column, direction] of directions.entries()) {
            if (direction === 0 || Number.isNaN(row[column])) continue;
            const scores = Array.from({ length: 12 }, (_, value) => {
              return direction * trees.score(row.map((cell, other) => (other === column ? value : cell)));
            });
            // Stored values are rounded to five digits, once a tree.
            scores.slice(1).forEach((score, i) => expect(score - scores[i]!).toBeGreaterThan(-small.trees * 1e-5));
            moved += scores.at(-1)! - scores[0]!;
          }
        }
      }),
      { numRuns: 5 },
    );
    expect(moved).toBeGreaterThan(1);
  });

  it('learn which way the risk goes where it is free', () => {
    const rows = Array.from({ length: 120 }, (_, row) => Float64Array.of(row % 10));
    const labels = Uint8Array.from(rows, ([value]) => (value! >= 3 && value! < 6 ? 1 : 0));
    const edges = [edgesOf(rows.map((row) => row[0]!))];
    const trees = new BoostedTrees(stored([boost(binned(rows, edges, [0]), labels, small, 1)], edges));
    const scores = [1, 4, 8].map((value) => trees.score(Float64Array.of(value)));
    expect(scores[1]).toBeGreaterThan(0);
    expect(Math.max(scores[0]!, scores[2]!)).toBeLessThan(0);
  });
});

describe('the calibration', () => {
  it('never falls, and is of as many as fail', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 900 }), (seed, count) => {
        const { normal, uniform } = noise(seed);
        const scores = Array.from({ length: count }, () => Math.round(10 * normal()) / 10);
        const labels = scores.map((score) => (uniform() < 1 / (1 + Math.exp(-score + Math.sin(3 * score))) ? 1 : 0));
        const { score, log_odds } = isotonic(scores, labels);
        expect(log_odds).toHaveLength(score.length);
        log_odds.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(log_odds[i]!));
        score.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(score[i]!));
        expect(log_odds.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('says of a score how many of its kind failed', () => {
    const scores = Array.from({ length: 400 }, (_, row) => (row < 200 ? -1 : 1));
    const { score, log_odds } = isotonic(
      scores,
      scores.map((value, row) => (row % 10 < (value < 0 ? 1 : 6) ? 1 : 0)),
    );
    expect(score).toEqual([-1, 1]);
    const rates = log_odds.map((value) => 1 / (1 + Math.exp(-value)));
    expect(rates[0]).toBeCloseTo(0.1, 2);
    expect(rates[1]).toBeCloseTo(0.6, 2);
  });

  it('pools what falls', () => {
    const scores = Array.from({ length: 300 }, (_, row) => Math.floor(row / 100));
    const labels = scores.map((value, row) => (row % 10 < [1, 5, 3][value]! ? 1 : 0));
    expect(isotonic(scores, labels).score).toEqual([0, 1.5]);
  });
});
