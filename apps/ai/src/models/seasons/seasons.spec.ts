import { MIN_TURNS, seasonsOf } from './index.js';
import { Fourier } from './fourier.js';

/** Numbers that look random, the same in every run. */
function even(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
}
function normal(seed: number): () => number {
  const draw = even(seed);
  return () => Math.sqrt(-2 * Math.log(draw())) * Math.cos(2 * Math.PI * draw());
}
const series = (n: number, value: (i: number) => number) => ({
  values: Float64Array.from({ length: n }, (_, i) => value(i)),
});
const lengths = (given: ReturnType<typeof series>) =>
  seasonsOf(given)
    .map(({ length }) => length)
    .sort((a, b) => a - b);
const sine = (length: number) => (i: number) => Math.sin((2 * Math.PI * i) / length);

describe('seasons', () => {
  it.each([3, 7, 24, 30, 96, 288])('finds a cycle of %i rows in noise as loud as itself', (length) => {
    const noise = normal(length);
    const wave = sine(length);
    const found = seasonsOf(series(length * 12 + 200, (i) => 1.4 * wave(i) + noise()));
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]!.length - length)).toBeLessThanOrEqual(Math.max(0, 0.01 * length));
    expect(found[0]!.p_value).toBeLessThan(0.001);
    expect(found[0]!.strength).toBeGreaterThan(0.3);
    expect(found[0]!.strength).toBeLessThan(0.7);
  });

  it('finds two at once, the slower being a multiple of the faster or not', () => {
    const noise = normal(1);
    for (const [a, b] of [
      [24, 168],
      [60, 96],
      [7, 48],
    ] as const) {
      const fast = sine(a);
      const slow = sine(b);
      expect(lengths(series(1_344, (i) => fast(i) + slow(i) + 0.3 * noise()))).toEqual([a, b]);
    }
  });

  it('takes the overtones of a cycle for no cycle: teeth, an hour of load a day, two humps a day', () => {
    const noise = normal(2);
    const shapes: ((i: number) => number)[] = [
      (i) => (i % 48) / 12,
      (i) => (i % 48 < 2 ? 10 : 0),
      (i) => (i % 48 < 24 ? 3 : 0),
      (i) => 3 * Math.exp(-(((i % 48) - 16) ** 2) / 8) + 3 * Math.exp(-(((i % 48) - 30) ** 2) / 8),
    ];
    for (const shape of shapes) expect(lengths(series(1_000, (i) => shape(i) + 0.3 * noise()))).toEqual([48]);
  });

  it('finds it under a trend, a level shift, spikes and a random walk', () => {
    const noise = normal(3);
    const draw = even(3);
    const day = sine(24);
    let walk = 0;
    const courses: ((i: number) => number)[] = [
      (i) => i / 50,
      (i) => (i < 300 ? 0 : 6),
      () => (draw() < 0.01 ? 30 : 0),
      () => (walk += 0.15 * noise()),
    ];
    for (const course of courses) {
      expect(lengths(series(720, (i) => 1.5 * day(i) + course(i) + 0.5 * noise()))).toEqual([24]);
    }
  });

  it('finds one in noise in less than a fiftieth: white, following itself, shifted and spiky, walking at random', () => {
    const noise = normal(4);
    const draw = even(4);
    let falsely = 0;
    let of = 0;
    for (let turn = 0; turn < 25; turn++) {
      let before = 0;
      let walk = 0;
      const n = 200 + 24 * turn;
      const kinds: ((i: number) => number)[] = [
        noise,
        () => (before = 0.8 * before + noise()),
        (i) => i / 100 + (i < n / 2 ? 0 : 3) + (draw() < 0.01 ? 20 : 0) + noise(),
        () => (walk += noise()),
      ];
      for (const kind of kinds) {
        of++;
        if (seasonsOf(series(n, kind)).length > 0) falsely++;
      }
    }
    expect(falsely / of).toBeLessThanOrEqual(0.02);
  });

  it('finds none in constants, lines, single changes and a handful of rows', () => {
    for (const value of [0, -3, 1e300]) expect(lengths(series(500, () => value))).toEqual([]);
    expect(lengths(series(500, (i) => 7 * i))).toEqual([]);
    expect(lengths(series(500, (i) => (i < 250 ? 0 : 1)))).toEqual([]);
    expect(lengths(series(500, (i) => (i === 250 ? 1 : 0)))).toEqual([]);
    for (let n = 0; n < 12; n++) expect(lengths(series(n, (i) => i % 3))).toEqual([]);
    expect(lengths(series(500, () => NaN))).toEqual([]);
  });

  it('reports no cycle that has not come round three times', () => {
    const noise = normal(5);
    const wave = sine(100);
    const of = (n: number) => lengths(series(n, (i) => wave(i) + 0.05 * noise()));
    expect(of(100 * MIN_TURNS - 20)).toEqual([]);
    expect(of(400)).toHaveLength(1);
  });

  it('is not blinded by one enormous row', () => {
    const noise = normal(8);
    const day = sine(24);
    for (const spike of [1e6, 1e300]) {
      expect(lengths(series(720, (i) => (i === 400 ? spike : day(i) + 0.3 * noise())))).toEqual([24]);
    }
  });

  it('finds the short and the long one of a long series', () => {
    const noise = normal(9);
    const day = sine(144);
    const month = sine(4_320);
    expect(lengths(series(30_000, (i) => day(i) + month(i) + 0.3 * noise()))).toEqual([
      144,
      expect.closeTo(4_320, -1.5),
    ]);
  });

  it('bears gaps', () => {
    const noise = normal(6);
    const draw = even(6);
    const day = sine(24);
    expect(lengths(series(720, (i) => (draw() < 0.2 || (i > 200 && i < 260) ? NaN : day(i) + 0.3 * noise())))).toEqual([
      24,
    ]);
  });

  it('is blind to unit and offset, the same every time, and leaves the rows as they were', () => {
    const noise = normal(7);
    const day = sine(24);
    const given = series(500, (i) => day(i) + noise());
    const kept = Float64Array.from(given.values);
    const found = lengths(given);
    expect(found).toEqual([24]);
    expect(seasonsOf(given)).toEqual(seasonsOf(given));
    expect(given.values).toEqual(kept);
    for (const a of [-1, 1e-300, 1e300, 12.5]) {
      expect(lengths({ values: given.values.map((value) => a * value) })).toEqual(found);
    }
    expect(lengths({ values: given.values.map((value) => value + 1e6) })).toEqual(found);
  });
});

describe('the Fourier transform', () => {
  it.each([2, 8, 64])('has the power that the sum itself has, for %i rows', (n) => {
    const noise = normal(n);
    const rows = Float64Array.from({ length: n }, noise);
    const power = new Fourier(n).power(rows);
    power.forEach((value, k) => {
      let re = 0;
      let im = 0;
      rows.forEach((row, i) => {
        re += row * Math.cos((2 * Math.PI * k * i) / n);
        im += row * Math.sin((2 * Math.PI * k * i) / n);
      });
      expect(value).toBeCloseTo(re * re + im * im, 8);
    });
  });
});
