import fc from 'fast-check';
import { UnivariateDetector, type Seasonality, type Verdict } from './index.js';

const STEP_MS = 300_000;

function run(values: readonly number[], seasonality: Seasonality = 'auto'): Verdict[] {
  const detector = new UnivariateDetector({ seasonality });
  return values.map((value, i) => detector.observe(i * STEP_MS, value));
}
const scores = (values: readonly number[]) => run(values).map(({ score }) => score);

/** Steady, stepping and jumping streams: values that repeat, drift and leave. */
const stream = fc.array(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -1_000, max: 1_000 }), fc.double({ noNaN: true })),
  { maxLength: 150 },
);

describe('the univariate detector', () => {
  it('judges a row by what came before it only', () => {
    fc.assert(
      fc.property(stream, fc.nat(), (values, cut) => {
        const kept = values.slice(0, cut % (values.length + 1));
        expect(run(kept)).toEqual(run(values).slice(0, kept.length));
      }),
    );
  });

  it('goes on from its state as if it had never stopped', () => {
    fc.assert(
      fc.property(stream, fc.nat(), fc.constantFrom<Seasonality>('auto', 24), (values, cut, seasonality) => {
        const whole = new UnivariateDetector({ seasonality });
        let parted = new UnivariateDetector({ seasonality });
        values.forEach((value, i) => {
          if (i === cut % values.length) parted = UnivariateDetector.resume(parted.serialise());
          expect(parted.observe(i * STEP_MS, value)).toEqual(whole.observe(i * STEP_MS, value));
        });
        expect(parted.serialise()).toEqual(whole.serialise());
        expect(parted.rows).toBe(values.length);
      }),
    );
  });

  it('never answers anything but numbers between 0 and 1, whatever the magnitudes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 150 }), (values) => {
        for (const { score, low, high } of run(values)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
        }
      }),
    );
  });

  it('does not care for the unit: powers of two to the bit', () => {
    const bounded = fc.array(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((x) => Math.fround(x)),
      {
        maxLength: 150,
      },
    );
    fc.assert(
      fc.property(bounded, fc.integer({ min: -20, max: 20 }), (values, power) => {
        expect(scores(values.map((value) => value * 2 ** power))).toEqual(scores(values));
      }),
    );
  });
});
