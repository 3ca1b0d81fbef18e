import fc from 'fast-check';
import { MAX_PROFILE_POINTS } from './find-shapes.js';
import { findShapes, rowsNeeded, windowFor } from './index.js';
import { exclusionOf, matrixProfileOf } from './profile.js';

/** Numbers that look random, the same in every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
const series = (length: number, value: (i: number) => number) => Float64Array.from({ length }, (_, i) => value(i));

describe('the matrix profile', () => {
  const parts = fc.array(
    fc.oneof(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc
        .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 3, max: 12 }))
        .map(([value, n]) => Array(n).fill(value)),
      fc.constant([0, 1, 3, 2, 0, -1, 0, 2]),
      fc.constant([1e6, -1e6]),
    ),
    { minLength: 3, maxLength: 10 },
  );
  const shifts = fc.constantFrom(0, 1e6, -4e9);

  it('is what comparing every pair finds, to a millionth: with flat parts, peaks, repetition and a large offset', () => {
    fc.assert(
      fc.property(parts, shifts, fc.integer({ min: 4, max: 9 }), (chunks, shift, length) => {
        const values = Float64Array.from(chunks.flat() as number[], (value) => value + shift);
        fc.pre(values.length >= 2 * length);
        const { distances } = matrixProfileOf(values, length);
        const expected = byEveryPair(values, length);
        distances.forEach((distance, i) => {
          if (expected[i] === Infinity) expect(distance).toBe(Infinity);
          else expect(Math.abs(distance - expected[i]!)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its digits in a quiet part after a peak, and over hundreds of steps', () => {
    const random = noise(7);
    const values = series(700, (i) => (i % 200 === 10 ? 1e6 : random() * (i > 300 ? 1e-3 : 1)));
    const { distances } = matrixProfileOf(values, 20);
    const expected = byEveryPair(values, 20);
    const worst = Math.max(...distances.map((distance, i) => Math.abs(distance - expected[i]!)));
    expect(worst).toBeLessThan(1e-6);
  });

  it('calls two flat parts equal and a flat one √m from one that is not', () => {
    const values = Float64Array.from([...Array(8).fill(2), 5, 1, 4, 2, 7, 3, ...Array(8).fill(9)] as number[]);
    const { distances } = matrixProfileOf(values, 8);
    expect(distances[0]).toBe(0);
    const one = matrixProfileOf(
      series(24, (i) => (i < 8 ? 2 : Math.sin(i * i))),
      8,
    );
    expect(one.distances[0]).toBeCloseTo(Math.sqrt(8), 12);
  });

  it('takes under a second for 5,000 points', () => {
    const random = noise(3);
    const values = series(MAX_PROFILE_POINTS, () => random());
    const started = process.cpuUsage();
    matrixProfileOf(values, 50);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000);
  });
});

describe('shapes of a series', () => {
  const random = noise(11);
  const shape = (i: number) => Math.sin(i / 3) * 4 + (i > 15 ? 6 : 0);
  const planted = series(600, (i) => {
    const start = [100, 300, 480].find((at) => i >= at && i < at + 30);
    return start === undefined ? random() * 2 : shape(i - start) + random() * 0.05;
  });

  it('are the motif that comes again, with all its occurrences', () => {
    const [first] = findShapes(planted, 30).motifs;
    expect(first).toEqual({ starts: [100, 300, 480], length: 30, distance: expect.closeTo(0.06, 1) });
  });

  it('are the discord that never comes again, and that does not move with scale and offset', () => {
    const odd = series(600, (i) => Math.sin(i / 5) + (i >= 333 && i < 345 ? Math.cos(i) : 0));
    const discordOf = (values: Float64Array) => findShapes(values, 30).discords[0]?.start ?? 0;
    expect(Math.abs(discordOf(odd) - 325)).toBeLessThan(20);
    expect(discordOf(odd.map((value) => value * 40 - 1e5))).toBe(discordOf(odd));
  });

  it('are none in a constant series', () => {
    expect(
      findShapes(
        series(100, () => 5),
        10,
      ),
    ).toEqual({ motifs: [], discords: [], warnings: [] });
  });

  it('are told in rows of the series as it came, where that is thinned out', () => {
    const long = series(12_600, (i) => planted[Math.floor(i / 21)] ?? 0);
    const { motifs, warnings } = findShapes(long, 630);
    expect(warnings).toEqual(['12600 points were averaged to 4200 for motifs and discords']);
    expect(motifs[0]?.length).toBe(630);
    expect(motifs[0]?.starts).toEqual([2_100, 6_300, 10_080]);
  });

  it('bridge missing values with a warning', () => {
    const holed = planted.map((value, i) => (i < 3 || i === 200 || i > 597 ? NaN : value));
    const { motifs, warnings } = findShapes(holed, 30);
    expect(motifs[0]?.starts).toEqual([100, 300, 480]);
    expect(warnings).toEqual(['missing values were interpolated before the search for motifs and discords']);
  });

  it('are as long as the strongest season that fits four times, else a twentieth of the series', () => {
    expect(windowFor(1_000, [{ length: 288 }, { length: 24 }])).toBe(24);
    expect(windowFor(1_000)).toBe(50);
    expect(windowFor(100_000)).toBe(100);
    expect(windowFor(20)).toBe(5);
    expect(rowsNeeded(50)).toBe(200);
  });
});

/** The definition, and nothing else. */
function byEveryPair(values: Float64Array, length: number): Float64Array {
  const count = values.length - length + 1;
  const total = Math.max(...values) - Math.min(...values);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const windows = Array.from({ length: count }, (_, i) => {
    const part = values.slice(i, i + length).map((value) => value - mean);
    const middle = part.reduce((sum, value) => sum + value, 0) / length;
    const deviation = Math.sqrt(part.reduce((sum, value) => sum + (value - middle) ** 2, 0) / length);
    const flat = Math.max(...part) - Math.min(...part) <= total * 1e-10;
    return flat ? null : part.map((value) => (value - middle) / deviation);
  });
  return Float64Array.from(windows, (a, i) =>
    windows.reduce((nearest, b, j) => {
      if (Math.abs(i - j) <= exclusionOf(length)) return nearest;
      if (!a || !b) return Math.min(nearest, a === b ? 0 : Math.sqrt(length));
      let squares = 0;
      for (let k = 0; k < length; k++) squares += (a[k]! - b[k]!) ** 2;
      return Math.min(nearest, Math.sqrt(squares));
    }, Infinity),
  );
}
