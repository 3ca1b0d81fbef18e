import fc from 'fast-check';
import { noise } from '../../../test/support/noise.js';
import type { Series } from '../series/series.js';
import { flatlinesOf, gapsOf, SilenceWatch } from './index.js';

const STEP_MS = 300_000;
const START = 1.7e12;

function seriesOf(values: readonly number[], at: readonly number[] = values.map((_, row) => row * STEP_MS)): Series {
  return { at: Float64Array.from(at, (moment) => START + moment), values: Float64Array.from(values), stepMs: STEP_MS };
}
const draw = (seed: number, rows: number, next: (random: ReturnType<typeof noise>, row: number) => number) => {
  const random = noise(seed);
  return Array.from({ length: rows }, (_, row) => next(random, row));
};
const noisy = (rows: number, seed = 1) => draw(seed, rows, ({ normal }) => 50 + normal());
const seeds = Array.from({ length: 8 }, (_, index) => index + 1);

describe('a flat line', () => {
  it('is a value that stands still for ten rows though it used to move, from where it stopped to where it moves', () => {
    const values = [...noisy(200), ...new Array<number>(40).fill(51.25), ...noisy(20, 2)];
    const [flat, ...more] = flatlinesOf(seriesOf(values));
    expect(more).toEqual([]);
    expect(flat).toMatchObject({ start: 200, end: 239, rows: 40, value: 51.25, since: START + 200 * STEP_MS });
    expect(flat!.score).toBeGreaterThan(0.75);
    expect(flat!.expected.low).toBe(Math.min(...values.slice(0, 200)));
    expect(flat!.expected.high).toBe(Math.max(...values.slice(0, 200)));
  });

  it('is not said of nine rows, nor by what comes later', () => {
    expect(flatlinesOf(seriesOf([...noisy(200), ...new Array<number>(9).fill(50)]))).toEqual([]);
    expect(flatlinesOf(seriesOf([...new Array<number>(200).fill(50), ...noisy(300)]))).toEqual([]);
  });

  it.each<[string, (seed: number) => number[]]>([
    ['never moves', () => new Array<number>(3000).fill(1)],
    ['moves now and then', (seed) => draw(seed, 3000, ({ uniform }) => (uniform() < 0.02 ? 1 : 0))],
    ['counts', (seed) => draw(seed, 3000, ({ normal }) => Math.round(normal()))],
    [
      'grows by steps',
      (seed) => {
        let level = 0;
        return draw(seed, 3000, ({ uniform }) => (uniform() < 0.1 ? (level += 1) : level));
      },
    ],
    ['is idle every night', (seed) => draw(seed, 288 * 12, ({ uniform }, row) => (row % 288 < 100 ? 0 : uniform()))],
  ])('is not seen in a series that %s by nature', (name, made) => {
    for (const seed of seeds) {
      const flats = flatlinesOf(seriesOf(made(seed)));
      // A night is news twice: from then on it is what the series does.
      expect(flats.length).toBeLessThanOrEqual(name.startsWith('is idle') ? 2 : 0);
    }
  });

  it('is seen again after it was seen once', () => {
    const stuck = new Array<number>(60).fill(50);
    const flats = flatlinesOf(seriesOf([...noisy(200), ...stuck, ...noisy(200, 2), ...stuck, ...noisy(9, 3)]));
    expect(flats.map(({ start }) => start)).toEqual([200, 460]);
  });

  it('lasts over rows without a value', () => {
    const values = [
      ...noisy(200),
      ...new Array<number>(20).fill(50).map((value, row) => (row % 3 === 1 ? NaN : value)),
    ];
    expect(flatlinesOf(seriesOf(values))).toMatchObject([{ start: 200, rows: 13 }]);
  });
});

describe('missing data', () => {
  const regular = (rows: number) => Array.from({ length: rows }, (_, row) => row * STEP_MS);
  const heard = (at: readonly number[]) => {
    const watch = new SilenceWatch();
    at.forEach((moment, row) => watch.observe(START + moment, row));
    return watch;
  };

  it('is said when six usual steps went by without a sample', () => {
    const watch = heard(regular(100));
    const last = START + 99 * STEP_MS;
    expect(watch.missing(last + 5.9 * STEP_MS)).toBeNull();
    const missing = watch.missing(last + 6.1 * STEP_MS)!;
    expect(missing).toMatchObject({ since: last, silentMs: 6.1 * STEP_MS });
    expect(missing.usualStepMs).toBeCloseTo(STEP_MS, 0);
    expect(missing.score).toBeGreaterThanOrEqual(0.5);
    expect(watch.missing(last + 600 * STEP_MS)!.score).toBeGreaterThan(0.95);
  });

  it('is not said before a usual step is known', () => {
    expect(heard(regular(20)).missing(START + 1e12)).toBeNull();
    expect(new SilenceWatch().missing(START)).toBeNull();
  });

  it('is not said of a device that comes when it likes', () => {
    for (const seed of seeds) {
      let at = 0;
      const irregular = draw(seed, 1000, ({ uniform }) => (at += -STEP_MS * Math.log(1 - uniform())));
      expect(gapsOf(seriesOf(irregular, irregular)).length).toBeLessThanOrEqual(4);
    }
  });

  it('is not said every night of one that is off at night', () => {
    const at = regular(288 * 14).filter((moment) => (moment / STEP_MS) % 288 < 120);
    expect(gapsOf(seriesOf(at, at)).length).toBeLessThanOrEqual(2);
  });

  it('is where it was between two rows of a series', () => {
    const at = regular(300).filter((_, row) => row < 150 || row >= 200);
    const gaps = gapsOf(seriesOf(at, at));
    expect(gaps).toMatchObject([{ start: 149, since: START + 149 * STEP_MS, silentMs: 51 * STEP_MS }]);
  });
});

describe('what is kept of a series to hear its silence', () => {
  it('is 113 bytes, from which it goes on as if it had never stopped', () => {
    const sample = fc.record({ step: fc.integer({ min: 1, max: 1e7 }), value: fc.constantFrom(1, 1, 1, 2, 3.5, NaN) });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 120 }), fc.nat(120), (samples, cut) => {
        let at = START;
        const whole = new SilenceWatch();
        let parts = new SilenceWatch();
        samples.forEach(({ step, value }, row) => {
          at += step;
          if (row === cut) parts = SilenceWatch.resume(parts.serialise());
          expect(parts.observe(at, value)).toEqual(whole.observe(at, value));
          expect(parts.missing(at + 3e7)).toEqual(whole.missing(at + 3e7));
        });
        expect(parts.serialise()).toEqual(whole.serialise());
        expect(whole.serialise()).toHaveLength(113);
      }),
      { numRuns: 60 },
    );
  });

  it('is read from our own bytes only', () => {
    const state = new SilenceWatch().serialise();
    expect(() => SilenceWatch.resume(state.slice(1))).toThrow('version 1');
    expect(() => SilenceWatch.resume(Uint8Array.of(2, ...state.slice(1)))).toThrow('version 1');
  });

  it('takes any unit: the same rows are flat', () => {
    const values = [...noisy(100), ...new Array<number>(30).fill(50)];
    const flats = (a: number, b: number) =>
      flatlinesOf(seriesOf(values.map((value) => a * value + b))).map(({ start, end, score }) => ({
        start,
        end,
        score,
      }));
    expect(flats(1.8, 32)).toEqual(flats(1, 0));
    expect(flats(1, 0)).toHaveLength(1);
  });
});
