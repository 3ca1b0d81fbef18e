import { changePointsOf } from './index.js';

/** Numbers that look random and normal, the same in every run. */
function normal(seed: number): () => number {
  let state = seed;
  const even = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  return () => Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even());
}
const series = (n: number, value: (i: number) => number) => ({
  at: Float64Array.from({ length: n }, (_, i) => 1_700_000_000_000 + i * 60_000),
  values: Float64Array.from({ length: n }, (_, i) => value(i)),
});
const indices = (given: ReturnType<typeof series>) => changePointsOf(given).map(({ index }) => index);
const near = (index: number, expected: number) => Math.abs(index - expected) <= 3;

describe('change points', () => {
  it('finds the row from which a level is another, with its time', () => {
    const noise = normal(1);
    const given = series(300, (i) => (i < 120 ? 10 : 14) + noise());
    const found = changePointsOf(given);
    expect(found).toHaveLength(1);
    const [{ index, at, kind, confidence }] = found as [(typeof found)[0]];
    expect(near(index, 120)).toBe(true);
    expect(at).toBe(given.at[index]);
    expect(kind).toBe('level');
    expect(confidence).toBeGreaterThan(0.5);
    expect(confidence).toBeLessThanOrEqual(1);
  });

  it('finds several changes in order', () => {
    const noise = normal(2);
    const levels = [0, 5, 2, 9];
    const found = indices(series(400, (i) => levels[Math.floor(i / 100)]! + noise()));
    expect(found).toHaveLength(3);
    found.forEach((index, k) => expect(near(index, 100 * (k + 1))).toBe(true));
  });

  it('tells a change of trend from one of level, and one of scatter from both', () => {
    const noise = normal(3);
    const bent = changePointsOf(series(400, (i) => (i < 200 ? 0 : (i - 200) * 0.2) + noise()));
    expect(bent.map(({ kind }) => kind)).toEqual(['trend']);
    const louder = changePointsOf(series(600, (i) => noise() * (i < 300 ? 1 : 5)));
    expect(louder.map(({ kind }) => kind)).toEqual(['variance']);
    expect(Math.abs(louder[0]!.index - 300)).toBeLessThanOrEqual(20);
  });

  it('finds none in noise: white, heavy-tailed, or following itself', () => {
    const noise = normal(4);
    let falsely = 0;
    for (let turn = 0; turn < 12; turn++) {
      let before = 0;
      const n = 60 + 40 * turn;
      for (const draw of [noise, () => Math.exp(noise()), () => (before = 0.5 * before + noise())]) {
        falsely += indices(series(n, draw)).length;
      }
    }
    expect(falsely).toBe(0);
  });

  it('finds none in constants, in a straight line, in a lone spike, or in too few rows', () => {
    for (const value of [0, -3, 1e300]) expect(indices(series(100, () => value))).toEqual([]);
    expect(indices(series(200, (i) => 5 * i))).toEqual([]);
    expect(indices(series(200, (i) => (i === 90 ? 1e9 : 0)))).toEqual([]);
    const noise = normal(5);
    expect(indices(series(200, (i) => (i === 90 ? 1e6 : noise())))).toEqual([]);
    for (let n = 0; n < 12; n++) expect(indices(series(n, (i) => (i < 4 ? 0 : 1)))).toEqual([]);
  });

  it('finds none in a season, and the shift beneath one', () => {
    const noise = normal(6);
    const day = (i: number) => 4 * Math.sin((2 * Math.PI * i) / 24);
    expect(indices(series(480, (i) => day(i) + noise()))).toEqual([]);
    const shifted = indices(series(480, (i) => day(i) + (i < 250 ? 0 : 4) + noise()));
    expect(shifted).toHaveLength(1);
    expect(near(shifted[0]!, 250)).toBe(true);
  });

  it('finds none where a season, or one and missing rows, is all there is', () => {
    expect(indices(series(500, (i) => i % 24))).toEqual([]);
    expect(indices(series(500, (i) => (i % 2 ? NaN : Math.sin((2 * Math.PI * i) / 24))))).toEqual([]);
    expect(indices(series(500, (i) => Number.MAX_VALUE * Math.sin((2 * Math.PI * i) / 10)))).toEqual([]);
  });

  it('is blind to unit and offset, also to the sign', () => {
    const noise = normal(7);
    const given = series(300, (i) => (i < 80 ? 3 : i < 200 ? 8 : 8 - (i - 200) * 0.1) + noise());
    const found = indices(given);
    expect(found.length).toBeGreaterThan(0);
    for (const [a, b] of [
      [-1, 0],
      [1e-9, 0],
      [1e200, 0],
      [-37.5, 1e6],
    ] as const) {
      expect(indices({ at: given.at, values: given.values.map((value) => a * value + b) })).toEqual(found);
    }
  });

  it('is the same for the same rows, which it leaves as they were', () => {
    const noise = normal(8);
    const given = series(500, (i) => (i < 250 ? 0 : 6) + noise());
    const kept = Float64Array.from(given.values);
    expect(changePointsOf(given)).toEqual(changePointsOf(given));
    expect(given.values).toEqual(kept);
  });

  it('counts missing rows, but does not read them', () => {
    const noise = normal(9);
    const given = series(300, (i) => (i % 7 === 0 || (i > 140 && i < 160) ? NaN : (i < 200 ? 0 : 6) + noise()));
    const found = changePointsOf(given);
    expect(found).toHaveLength(1);
    expect(near(found[0]!.index, 200)).toBe(true);
    expect(found[0]!.at).toBe(given.at[found[0]!.index]);
    expect(indices(series(100, () => NaN))).toEqual([]);
  });

  it('finds the very row in a long series too', () => {
    const noise = normal(10);
    const found = indices(series(20_000, (i) => (i < 6_011 ? 0 : i < 14_017 ? 5 : -1) + 0.2 * noise()));
    expect(found).toEqual([6_011, 14_017]);
  });
});
