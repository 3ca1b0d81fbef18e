import { madeCreep, restless } from '../../../test/support/made-creep.js';
import type { Series } from '../series/series.js';
import { driftOf, type Drift } from './index.js';

const DAY_MS = 86_400_000;

/** Of ten series each. Measured over hundreds: `npm run bench:ai`. */
const SEEDS = Array.from({ length: 10 }, (_, index) => 100 + index);
const kinds = Object.keys(restless) as (keyof typeof restless)[];

function driftsOf(kind: keyof typeof restless, days: number, perDay = 0, from = 0): Drift[] {
  return SEEDS.map((seed) => driftOf(madeCreep(kind, days, seed, perDay, from))).filter((drift) => drift !== null);
}

describe('a slow creep', () => {
  it.each([
    ['white noise', 40],
    ['a weekly season', 40],
    ['spikes', 45],
  ] as const)('of 0.1 a day is found under %s within %d days', (kind, days) => {
    const drifts = driftsOf(kind, days, 0.1);
    expect(drifts.length).toBeGreaterThanOrEqual(9);
    for (const { slope_per_day, slope_low, slope_high, from, to, score } of drifts) {
      expect(slope_per_day).toBeGreaterThan(0.06);
      expect(slope_per_day).toBeLessThan(0.17);
      expect(slope_low).toBeLessThan(slope_per_day);
      expect(slope_high).toBeGreaterThan(slope_per_day);
      expect(to - from).toBeGreaterThan(2);
      expect(score).toBeGreaterThanOrEqual(0.5);
    }
  });

  it('that began on the 30th of 60 days is dated to within a few days of it', () => {
    const drifts = driftsOf('white noise', 60, 0.1, 30);
    expect(drifts.length).toBe(10);
    for (const { since } of drifts) expect(Math.abs((since - 1.7e12) / DAY_MS - 30)).toBeLessThan(8);
  });

  it.each(kinds.flatMap((kind) => [14, 30, 60].map((days) => [kind, days] as const)))(
    'is not seen in %s over %d days',
    (kind, days) => {
      expect(driftsOf(kind, days).length).toBeLessThanOrEqual(kind === 'a random walk' ? 1 : 0);
    },
  );

  it('downwards is one too', () => {
    const drift = driftOf(madeCreep('white noise', 40, 7, -0.2))!;
    expect(drift.slope_high).toBeLessThan(0);
    expect(drift.to).toBeLessThan(drift.from);
  });

  it('is the same in any unit, and in its unit', () => {
    const series = madeCreep('white noise', 40, 7, 0.2);
    const [celsius, fahrenheit] = [
      driftOf(series)!,
      driftOf({ ...series, values: series.values.map((v) => 1.8 * v + 32) })!,
    ];
    expect(fahrenheit.since).toBe(celsius.since);
    expect(fahrenheit.slope_per_day).toBeCloseTo(1.8 * celsius.slope_per_day, 9);
    expect(fahrenheit.score).toBeCloseTo(celsius.score, 9);
  });

  it('is found though days and rows are missing, and not where a third of the days is', () => {
    const torn = (share: number): Series => {
      const series = madeCreep('white noise', 45, 11, 0.2);
      const values = series.values.map((value, hour) =>
        (Math.floor(hour / 24) * 7) % 20 < 20 * share || hour % 10 === 0 ? NaN : value,
      );
      return { ...series, values };
    };
    expect(driftOf(torn(0.2))).not.toBeNull();
    expect(driftOf(torn(0.4))).toBeNull();
  });

  it('is looked for in the last year only, however long the series and whatever the clock said once', () => {
    const series = madeCreep('white noise', 40, 7, 0.2);
    expect(driftOf({ ...series, at: series.at.with(0, -8.64e15) })!.slope_per_day).toBeCloseTo(0.2, 1);
    const at = Float64Array.from({ length: 100_000 }, (_, day) => day * DAY_MS);
    const line = driftOf({ at, values: at.map((_, day) => Math.max(0, day - 99_900)), stepMs: DAY_MS })!;
    expect(line.since / DAY_MS).toBe(99_900);
    expect(line.slope_per_day).toBeCloseTo(1, 6);
    expect(line.score).toBeGreaterThan(0.99);
  });

  it('needs two weeks, and something that moves', () => {
    expect(driftOf(madeCreep('white noise', 13, 3, 2))).toBeNull();
    const series = madeCreep('white noise', 40, 3);
    expect(driftOf({ ...series, values: series.values.fill(5) })).toBeNull();
    expect(driftOf({ at: new Float64Array(0), values: new Float64Array(0), stepMs: 0 })).toBeNull();
  });
});
