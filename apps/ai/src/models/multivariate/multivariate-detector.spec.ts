import fc from 'fast-check';
import { noise } from '../../../test/support/noise.js';
import { MultivariateDetector, multivariateThresholds } from './index.js';

const MINUTE_MS = 60_000;

/** Two loads that move four columns, each with noise of its own; the last never moves. */
function normalRows(rows: number, seed: number): Float64Array[] {
  const { normal } = noise(seed);
  let [load, heat] = [0, 0];
  return Array.from({ length: rows }, () => {
    load = 0.9 * load + normal();
    heat = 0.95 * heat + normal();
    const mixed = [load, 2 * load - heat, heat, load + heat].map((value) => value + 0.3 * normal());
    return Float64Array.of(...mixed, 7);
  });
}

const named = (width: number) => Array.from({ length: width }, (_, column) => `c${column}`);

function verdictsOf(rows: readonly Float64Array[], detector = new MultivariateDetector({ columns: named(5) })) {
  return rows.map((row) => {
    const at = detector.rows * MINUTE_MS * 30;
    return detector.observe(at, row);
  });
}
const scoresOf = (rows: readonly Float64Array[]) => verdictsOf(rows).map(({ score }) => score);

const seeds = fc.integer({ min: 1, max: 1e9 });

describe('rows of many columns', () => {
  it('are judged by what came before them only, whatever comes later', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 31, max: 199 }), (seed, cut) => {
        const rows = normalRows(200, seed);
        expect(scoresOf(rows.slice(0, cut))).toEqual(scoresOf(rows).slice(0, cut));
      }),
      { numRuns: 4 },
    );
  });

  it('have the same scores in one run and from a state that was stored between any two of them', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 200 }), (seed, cut) => {
        const rows = normalRows(200, seed);
        const detector = new MultivariateDetector({ columns: named(5) });
        verdictsOf(rows.slice(0, cut), detector);
        const resumed = MultivariateDetector.resume(Buffer.from(detector.serialise()));
        expect(resumed.rows).toBe(cut);
        expect(resumed.columns).toEqual(named(5));
        verdictsOf(rows.slice(cut), resumed);
        const whole = new MultivariateDetector({ columns: named(5) });
        verdictsOf(rows, whole);
        expect(Buffer.compare(resumed.serialise(), whole.serialise())).toBe(0);
      }),
      { numRuns: 4 },
    );
  });

  it('have the same scores in any unit of any column', () => {
    const units = fc.array(
      fc.record({ a: fc.double({ min: 1e-3, max: 1e3, noNaN: true }), b: fc.integer({ min: -1000, max: 1000 }) }),
      { minLength: 5, maxLength: 5 },
    );
    fc.assert(
      fc.property(seeds, units, (seed, unit) => {
        const rows = normalRows(250, seed);
        const others = rows.map((row) => row.map((value, column) => unit[column]!.a * value + unit[column]!.b));
        const [one, other] = [scoresOf(rows), scoresOf(others)];
        one.forEach((score, row) => expect(other[row]).toBeCloseTo(score, 6));
      }),
      { numRuns: 4 },
    );
  });

  it('get a score in [0, 1] and shares that sum to one, whatever the numbers', () => {
    const cell = fc.oneof(
      { arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }), weight: 4 },
      { arbitrary: fc.constantFrom(0, NaN), weight: 2 },
    );
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 40, maxLength: 80 });
    fc.assert(
      fc.property(table, (rows) => {
        const detector = new MultivariateDetector({ columns: named(3) });
        rows.forEach((row, index) => {
          const { score, shares } = detector.observe(index * MINUTE_MS, Float64Array.from(row));
          expect(score >= 0 && score <= 1).toBe(true);
          const sum = shares.reduce((total, share) => total + share, 0);
          expect(shares.every((share) => share >= 0)).toBe(true);
          expect(score > 0 ? Math.abs(sum - 1) < 1e-9 : sum === 0 || Math.abs(sum - 1) < 1e-9).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('show a column that leaves the others, though it stays in its own range', () => {
    const rows = normalRows(1500, 5);
    const apart = rows.map((row, index) =>
      index < 1400 ? row : Float64Array.from(row, (value, column) => (column === 2 ? -value - 4 : value)),
    );
    const verdicts = verdictsOf(apart);
    const last = verdicts.at(-1)!;
    expect(Math.max(...verdicts.slice(100, 1400).map(({ score }) => score))).toBeLessThan(
      multivariateThresholds.standard,
    );
    expect(last.score).toBeGreaterThan(multivariateThresholds.standard);
    expect(last.shares.indexOf(Math.max(...last.shares))).toBe(2);
  });

  it('show the first change of a column that never moved', () => {
    const rows = normalRows(400, 8);
    rows[399]![4] = 7.001;
    const { score, shares } = verdictsOf(rows)[399]!;
    expect(score).toBeGreaterThan(multivariateThresholds.standard);
    expect(shares[4]).toBeGreaterThan(0.5);
  });

  it('teach what is normal by how many they are: an incident is not while it is a tenth of all that was seen', () => {
    const rows = normalRows(1110, 3).map((row, index) =>
      index < 1000 ? row : row.map((value, column) => (column === 0 ? value + 12 : value)),
    );
    const scores = scoresOf(rows);
    expect(Math.min(...scores.slice(1015))).toBeGreaterThan(multivariateThresholds.standard);
  });

  it('know the hour: what is usual at night is not at noon', () => {
    const { normal } = noise(4);
    const hours = Array.from({ length: 24 * 40 }, (_, hour) => {
      const day = Math.sin((hour / 24) * 2 * Math.PI);
      return Float64Array.of(10 * day + normal(), 5 * day + normal());
    });
    hours[960 - 6] = Float64Array.of(10, 5);
    const detector = new MultivariateDetector({ columns: named(2) });
    const scores = hours.map((row, hour) => detector.observe(hour * 60 * MINUTE_MS, row).score);
    expect(scores[960 - 6]).toBeGreaterThan(1.2 * Math.max(...scores.slice(200, 960 - 6)));
  });

  it('lack a value without its column taking part, and all values without being a row', () => {
    const rows = normalRows(300, 9);
    const torn = rows.map((row, index) => (index === 299 ? row.with(1, NaN) : row));
    const changed = rows.map((row, index) => (index === 299 ? row.with(1, 1e6) : row));
    expect(verdictsOf(torn).at(-1)!.score).toBeLessThan(verdictsOf(changed).at(-1)!.score);
    // Its share only falls, as it does of a row that is as expected there.
    const [before, after] = verdictsOf(torn).slice(-2);
    const evidence = ({ score, shares }: { score: number; shares: Float64Array }) => (shares[1]! * score) / (1 - score);
    expect(evidence(after!)).toBeCloseTo(0.875 * evidence(before!), 6);

    const detector = new MultivariateDetector({ columns: named(5) });
    verdictsOf(rows, detector);
    const state = detector.serialise();
    expect(detector.observe(1e9, new Float64Array(5).fill(NaN))).toEqual({ score: 0, shares: new Float64Array(5) });
    expect(Buffer.compare(detector.serialise(), state)).toBe(0);
  });

  it('have no score before there are thirty', () => {
    const scores = scoresOf(normalRows(40, 2));
    expect(scores.slice(0, 30).every((score) => score === 0)).toBe(true);
    expect(scores.slice(30).every((score) => score > 0)).toBe(true);
  });

  it('leave a state of less than 2 MB after any number of them', () => {
    const detector = new MultivariateDetector({ columns: named(38) });
    const row = new Float64Array(38);
    for (let index = 0; index < 1100; index += 1)
      detector.observe(
        index * MINUTE_MS,
        row.map((_, column) => Math.sin(index * (column + 1))),
      );
    // The memory is full by now, and full is as large as it gets.
    expect(detector.serialise().length).toBeLessThan(500_000);
  });

  it('are resumed from our own states only', () => {
    const detector = new MultivariateDetector({ columns: named(3) });
    for (let index = 0; index < 40; index += 1) detector.observe(index, Float64Array.of(index, 1, index % 3));
    const state = detector.serialise();
    for (let length = 0; length < state.length; length += 97)
      expect(() => MultivariateDetector.resume(state.slice(0, length))).toThrow();
    expect(() => MultivariateDetector.resume(Uint8Array.of(...state, 0))).toThrow('behind the end');
    expect(() => MultivariateDetector.resume(Uint8Array.of(9, ...state.slice(1)))).toThrow('version');
  });
});
