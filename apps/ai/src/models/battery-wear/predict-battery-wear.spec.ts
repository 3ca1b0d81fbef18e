import fc from 'fast-check';
import type { Series } from '../series/index.js';
import { predictBatteryWear } from './index.js';

const DAY = 86_400_000;
/** A reading a day; the tremble is a sum of sines, so that each run sees the same. */
function battery(days: number, healthAt: (day: number) => number, tremble = 0.2): Series {
  const at = Float64Array.from({ length: days }, (_, day) => day * DAY);
  const values = Float64Array.from(
    at,
    (_, day) => healthAt(day) + (tremble * (Math.sin(day * 7.3) + Math.sin(day * 2.1 + 1) + Math.sin(day * 13.7))) / 2,
  );
  return { at, values, stepMs: DAY };
}
const wearing =
  (perDay: number, from = 98) =>
  (day: number) =>
    from - perDay * day;
const daysTo80 = (series: Series) => (predictBatteryWear(series).eta?.hours ?? NaN) / 24;

describe('when a battery is down to 80 %', () => {
  it('is told from a steady wear, the truth within its band', () => {
    // 98 − 0.05 · 119 = 92.05 at the last row: 12.05 points at 0.05 a day.
    const { eta, eta_60 } = predictBatteryWear(battery(120, wearing(0.05)));
    expect(eta!.hours / 24).toBeGreaterThan(241 * 0.9);
    expect(eta!.hours / 24).toBeLessThan(241 * 1.1);
    expect(eta!.low).toBeLessThan(241 * 24);
    expect(eta!.high).toBeGreaterThan(241 * 24);
    expect(eta_60!.hours).toBeGreaterThan(eta!.hours);
  });

  it.each([5, -4])(
    'does not take a recalibration by %d points for wear, and goes on from where it stands now',
    (jump) => {
      const jumped = battery(120, (day) => wearing(0.05)(day) + (day >= 70 ? jump : 0));
      const now = 98 - 0.05 * 119 + jump;
      expect(Math.abs(daysTo80(jumped) / ((now - 80) / 0.05) - 1)).toBeLessThan(0.15);
      expect(predictBatteryWear(jumped).warnings).toEqual([
        'the gauge was set anew once: such jumps are not taken for wear',
      ]);
    },
  );

  it('is not moved by single readings far off', () => {
    const steady = battery(120, wearing(0.05));
    const spiked: Series = { ...steady, values: steady.values.map((value, day) => (day % 37 === 5 ? 40 : value)) };
    expect(Math.abs(daysTo80(spiked) / daysTo80(steady) - 1)).toBeLessThan(0.05);
  });

  it('is not said where the wear cannot be told from the trembling of the gauge', () => {
    const { eta, warnings } = predictBatteryWear(battery(60, () => 95, 0.8));
    expect(eta).toBeNull();
    expect(warnings).toEqual(['no wear that could be told from the trembling of the gauge']);
  });

  it('is not said of a battery that seems to grow', () => {
    expect(predictBatteryWear(battery(90, wearing(-0.03, 90))).eta).toBeNull();
  });

  it('is now where it is below already', () => {
    expect(predictBatteryWear(battery(90, wearing(0.02, 75))).eta).toEqual({ hours: 0, low: 0, high: 0 });
  });

  it('works on whole per cents', () => {
    const rounded = battery(200, (day) => Math.round(wearing(0.06, 99)(day)), 0);
    expect(Math.abs(daysTo80(rounded) / ((99 - 0.06 * 199 - 80) / 0.06) - 1)).toBeLessThan(0.15);
  });

  it('does not depend on how often a day is read', () => {
    const daily = battery(60, wearing(0.08));
    const twice: Series = {
      at: Float64Array.from({ length: 120 }, (_, row) => (row >> 1) * DAY + (row % 2) * 1000),
      values: Float64Array.from({ length: 120 }, (_, row) => daily.values[row >> 1]!),
      stepMs: DAY,
    };
    expect(daysTo80(twice)).toBeCloseTo(daysTo80(daily), 1);
  });

  it.each([
    ['a week', battery(7, wearing(0.1))],
    [
      'five rows',
      { ...battery(60, wearing(0.1)), values: new Float64Array(60).map((_, row) => (row < 5 ? 90 - row : NaN)) },
    ],
    ['nothing', { at: new Float64Array(), values: new Float64Array(), stepMs: DAY }],
  ])('is not said from too little: %s', (_, series) => {
    expect(predictBatteryWear(series)).toMatchObject({ eta: null, drivers: [], method: 'none' });
  });

  it('is never negative, never NaN, its band around it', () => {
    const healths = fc.array(fc.oneof(fc.double({ min: 0, max: 110, noNaN: true }), fc.constant(NaN)), {
      minLength: 0,
      maxLength: 60,
    });
    fc.assert(
      fc.property(healths, fc.integer({ min: 1, max: 72 }), (values, hours) => {
        const at = Float64Array.from(values, (__, row) => row * hours * 3_600_000);
        const { eta, drivers } = predictBatteryWear({
          at,
          values: Float64Array.from(values),
          stepMs: hours * 3_600_000,
        });
        for (const { contribution } of drivers) expect(contribution).toBeGreaterThanOrEqual(0);
        if (!eta) return;
        expect(eta.low).toBeGreaterThanOrEqual(0);
        expect(eta.hours).toBeGreaterThanOrEqual(eta.low);
        expect(eta.high ?? Infinity).toBeGreaterThanOrEqual(eta.hours);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what wears a battery', () => {
  it('is the cycles as far as their rating explains what was lost, age and heat for the rest', () => {
    const worn = battery(120, wearing(0.05, 96));
    const drivers = predictBatteryWear(worn, 250).drivers;
    const [health, ...parts] = drivers;
    expect(health).toMatchObject({ attribute: 'battery.health' });
    expect(health!.delta_30d).toBeCloseTo(-1.5, 1);
    expect(parts.map(({ attribute }) => attribute).sort()).toEqual(['age', 'battery.cycles']);
    expect(parts.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(health!.contribution, 9);
    // 250 cycles cost 5 points of the 10 that are gone.
    expect(parts.find(({ attribute }) => attribute === 'battery.cycles')!.contribution).toBeCloseTo(0.75, 1);
  });
});
