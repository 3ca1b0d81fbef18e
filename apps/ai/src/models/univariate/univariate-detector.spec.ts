import fc from 'fast-check';
import { thresholds, UnivariateDetector, type Seasonality, type Verdict } from './index.js';

const STEP_MS = 300_000;
const LEAST = Math.min(...Object.values(thresholds));

function run(values: readonly number[], seasonality: Seasonality = 'auto', stepMs = STEP_MS): Verdict[] {
  const detector = new UnivariateDetector({ seasonality });
  return values.map((value, i) => detector.observe(i * stepMs, value));
}
/** To the bit, and compared sooner than objects are. */
const told = (verdicts: readonly unknown[]) => JSON.stringify(verdicts);
const scores = (values: readonly number[]) => run(values).map(({ score }) => score);

/** How far the scores of two streams lie apart at most. */
function furthest(some: readonly number[], others: readonly number[]): number {
  const expected = scores(others);
  return scores(some).reduce((most, score, i) => Math.max(most, Math.abs(score - (expected[i] as number))), 0);
}

/** A fixed-seed stream of numbers from 0 to 1 (mulberry32). */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A load with a daily wave and noise, every five minutes. */
function load(days: number, seed = 1): number[] {
  const random = noise(seed);
  return Array.from(
    { length: days * 288 },
    (_, i) => 40 + 20 * Math.sin((i / 288) * 2 * Math.PI) + 4 * (random() + random() - 1),
  );
}

const someValue = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -1_000, max: 1_000 }),
);
/** Values that repeat, with strangers among them; long enough for the tails to be in use. */
const stream = fc.array(someValue, { minLength: 40, maxLength: 200, size: 'max' });
const extreme = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE),
  fc.integer({ min: -9, max: 9 }),
);
const extremeStream = fc.array(extreme, { minLength: 1, maxLength: 200, size: 'max' });
const seasonality = fc.constantFrom<Seasonality>('auto', 24, 7);

/** A stream is a hundred rows and more, each of them a case: fewer streams than usual say as much. */
const RUNS = { numRuns: 30 };

describe('the univariate detector', () => {
  it('judges a row by what came before it only', () => {
    fc.assert(
      fc.property(extremeStream, fc.nat(), seasonality, (values, cut, season) => {
        const kept = values.slice(0, cut % (values.length + 1));
        expect(told(run(kept, season))).toBe(told(run(values, season).slice(0, kept.length)));
      }),
      RUNS,
    );
  });

  it('goes on from its state as if it had never stopped', () => {
    fc.assert(
      fc.property(extremeStream, fc.nat(), seasonality, (values, cut, season) => {
        const whole = new UnivariateDetector({ seasonality: season });
        let parted = new UnivariateDetector({ seasonality: season });
        const verdicts = values.map((value, i) => whole.observe(i * 20 * STEP_MS, value));
        const resumed = values.map((value, i) => {
          if (i === cut % values.length) parted = UnivariateDetector.resume(parted.serialise());
          return parted.observe(i * 20 * STEP_MS, value);
        });
        expect(told(resumed)).toBe(told(verdicts));
        expect(Buffer.compare(parted.serialise(), whole.serialise())).toBe(0);
        expect(parted.rows).toBe(values.length);
      }),
      RUNS,
    );
  });

  it('goes on from its state when that has long been full', () => {
    const values = load(16, 5);
    const whole = new UnivariateDetector({ seasonality: 'auto' });
    values.forEach((value, i) => whole.observe(i * STEP_MS, value));
    const resumed = UnivariateDetector.resume(whole.serialise());
    const more = (detector: UnivariateDetector) =>
      load(2, 9).map((value, i) => detector.observe((values.length + i) * STEP_MS, value));
    expect(told(more(resumed))).toBe(told(more(whole)));
    expect(Buffer.compare(resumed.serialise(), whole.serialise())).toBe(0);
  });

  it('does not care for the unit: powers of two to the bit', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: -30, max: 30 }), (values, power) => {
        expect(told(scores(values.map((value) => value * 2 ** power)))).toBe(told(scores(values)));
      }),
      RUNS,
    );
  });

  it('does not care for the unit or the origin: any of them up to rounding', () => {
    const factor = fc.double({ min: 0.001, max: 1_000, noNaN: true });
    const shift = fc.double({ min: -10_000, max: 10_000, noNaN: true });
    fc.assert(
      fc.property(stream, factor, shift, (values, a, b) => {
        expect(
          furthest(
            values,
            values.map((value) => a * value + b),
          ),
        ).toBeLessThan(1e-6);
      }),
      RUNS,
    );
  });

  it('does not care for the unit of a long stream with ties and a full memory either', () => {
    const values = load(15).map((value) => Math.round(value * 10) / 10);
    expect(
      furthest(
        values,
        values.map((value) => value * 1.7 - 459.67),
      ),
    ).toBeLessThan(1e-6);
  });

  it('never answers anything but numbers, scores from 0 to 1, whatever the magnitudes', () => {
    fc.assert(
      fc.property(extremeStream, seasonality, (values, season) => {
        const wrong = run(values, season).filter(
          ({ score, low, high }) =>
            !(score >= 0 && score <= 1 && Number.isFinite(low) && Number.isFinite(high) && low <= high),
        );
        expect(wrong).toEqual([]);
      }),
      RUNS,
    );
  });

  it('takes rows at any distance in time, also long ones', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom(1, 1_000, STEP_MS, 86_400_000, 4e9), someValue), {
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (rows) => {
        const detector = new UnivariateDetector({ seasonality: 'auto' });
        let at = -7_777_777;
        const wrong = rows.filter(([step, value]) => {
          at += step;
          const { score } = detector.observe(at, value);
          return !(score >= 0 && score <= 1);
        });
        expect(wrong).toEqual([]);
      }),
      RUNS,
    );
  });

  it('finds no anomaly before it has seen 30 rows', () => {
    fc.assert(
      fc.property(extremeStream, (values) => {
        expect(Math.max(...scores(values).slice(0, 30))).toBeLessThan(LEAST);
      }),
      RUNS,
    );
  });

  it.each([30, 500, 5_000])(
    'finds nothing in %d equal values, and the first other one at every sensitivity',
    (rows) => {
      const verdicts = run([...Array<number>(rows).fill(17), 17.001]);
      const changed = verdicts.pop();
      expect(verdicts.every(({ score, low, high }) => score === 0 && low === 17 && high === 17)).toBe(true);
      expect(changed?.score).toBeGreaterThan(Math.max(...Object.values(thresholds)));
      expect(changed).toMatchObject({ kind: 'spike', low: 17, high: 17 });
    },
  );

  it('tells one incident once: what stays as strange is not strange again', () => {
    const values = load(8);
    const found = run([...values, ...load(1, 7).map((value) => value + 300)])
      .slice(values.length)
      .filter(({ score }) => score >= thresholds.standard);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(12);
  });

  it('keeps the score up after an incident, so what follows it can be told from an ordinary day', () => {
    const values = load(8);
    const verdicts = run([...values, 300, ...load(1, 7)]);
    const mean = (from: number, to: number) =>
      verdicts.slice(from, to).reduce((sum, { score }) => sum + score, 0) / (to - from);
    expect(mean(values.length + 1, values.length + 50)).toBeGreaterThan(1.5 * mean(values.length - 200, values.length));
  });

  it.each([1e300, -Number.MAX_VALUE])('is not blinded by one broken reading of %d', (broken) => {
    const verdicts = run([...load(8), broken, ...load(1, 3), 95]);
    expect(verdicts.at(-1)?.score).toBeGreaterThan(thresholds.standard);
  });

  describe('names what is strange', () => {
    const days = load(10);
    const strangest = (values: readonly number[]) =>
      run([...days, ...values])
        .slice(days.length)
        .reduce((a, b) => (b.score > a.score ? b : a));

    it('a spike', () => {
      const verdict = strangest([...load(1, 3).slice(0, 100), 95]);
      expect(verdict.kind).toBe('spike');
      expect(verdict.high).toBeLessThan(70);
    });

    it('a value no row had, between those that are usual', () => {
      const random = noise(4);
      const twoLevels = Array.from({ length: 600 }, () => (random() < 0.5 ? 10 : 90) + random());
      expect(run([...twoLevels, 50]).at(-1)).toMatchObject({ kind: 'novel_value' });
      expect(run([...twoLevels, 50]).at(-1)?.score).toBeGreaterThan(thresholds.standard);
    });

    it('a pattern: usual values at an unusual time of the day', () => {
      const night = Array.from({ length: 60 }, (_, i) => 25 + (days[i] as number) / 100);
      const { kind, low, score } = strangest([...days.slice(0, 60), ...night]);
      expect(score).toBeGreaterThan(thresholds.standard);
      expect(kind).toBe('pattern');
      expect(low).toBeGreaterThan(26);
    });
  });

  it('learns a season of so many rows', () => {
    const random = noise(11);
    const weekly = Array.from({ length: 7 * 40 }, (_, i) => (i % 7 < 5 ? 100 : 10) + random());
    const odd = [...weekly, 10.5];
    const timeless = run(odd, 'auto', 1_000).at(-1)?.score ?? 1;
    expect(run(odd, 7).at(-1)?.score).toBeGreaterThan(timeless + 0.2);
  });

  it('keeps little: a few KB after 100 rows, less than 200 KB when every part of it is full', () => {
    const detector = new UnivariateDetector({ seasonality: 'auto' });
    const values = load(16);
    values.slice(0, 100).forEach((value, i) => detector.observe(i * STEP_MS, value));
    expect(detector.serialise().length).toBeLessThan(8_000);
    values.slice(100).forEach((value, i) => detector.observe((i + 100) * STEP_MS, value));
    const full = detector.serialise().length;
    expect(full).toBeLessThan(200_000);
    load(3).forEach((value, i) => detector.observe((i + values.length) * STEP_MS, value));
    expect(detector.serialise().length).toBe(full);
  });

  it.each([
    ['of another version', (state: Uint8Array) => state.with(0, 99)],
    ['cut off', (state: Uint8Array) => state.slice(0, -1)],
    ['too long', (state: Uint8Array) => Uint8Array.of(...state, 0)],
    ['empty', () => new Uint8Array()],
    ['with a forged count', (state: Uint8Array) => state.fill(255, 25, 29)],
  ])('refuses a state that is %s', (_, spoil) => {
    const detector = new UnivariateDetector({ seasonality: 'auto' });
    load(1).forEach((value, i) => detector.observe(i * STEP_MS, value));
    expect(() => UnivariateDetector.resume(spoil(detector.serialise()))).toThrow(RangeError);
  });
});
