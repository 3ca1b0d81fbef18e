import fc from 'fast-check';
import { PROPERTY_RUNS } from '../../test/scoring/runs.js';
import { apportion } from './points.js';

const shares = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { maxLength: 60 });

it('adds up to the total, and misses no share by a whole unit', () => {
  fc.assert(
    fc.property(fc.nat(10_000), shares, (total, parts) => {
      const sum = parts.reduce((a, b) => a + b, 0);
      const units = apportion(total, parts);
      const given = units.reduce((a, b) => a + b, 0);
      const near = units.every((unit, index) => sum === 0 || Math.abs(unit - ((parts[index] ?? 0) / sum) * total) < 1);
      return given === (sum > 0 ? total : 0) && near;
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

it.each([
  [10, [1, 1, 1], [4, 3, 3]],
  [1, [5, 5], [1, 0]],
  [7, [], []],
  [7, [0, 0], [0, 0]],
  [0, [3, 4], [0, 0]],
])('splits %d over %j as %j', (total, parts, units) => {
  expect(apportion(total, parts)).toEqual(units);
});
