import fc from 'fast-check';
import { noise } from '../../../test/support/noise.js';
import type { Series } from '../series/index.js';
import { diskFullMinimum, fitsCapacity, predictDiskFull } from './index.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** Use hour by hour, with noise of 0.2 units unless told otherwise. */
function disk(rows: number, useAt: (hour: number) => number, spread = 0.2, seed = 1): Series {
  const { normal } = noise(seed);
  const at = Float64Array.from({ length: rows }, (_, hour) => START + hour * HOUR);
  return {
    at,
    values: Float64Array.from({ length: rows }, (_, hour) => useAt(hour) + spread * normal()),
    stepMs: HOUR,
  };
}
const filling = (hour: number) => 100 + 0.5 * hour;
const without = (series: Series, isMissing: (row: number) => boolean): Series => ({
  ...series,
  values: series.values.map((value, row) => (isMissing(row) ? NaN : value)),
});
const etaOf = (series: Series, capacity: number) => predictDiskFull(series, capacity).eta;

const seeds = fc.integer({ min: 1, max: 1e9 });

describe('when a disk is full', () => {
  it('is foretold from an even growth within two per cent', () => {
    // 100 + 0.5 · 199 at the last row, 300 at row 400.
    const { will_fill, eta, drivers } = predictDiskFull(disk(200, filling), 300);
    expect(will_fill).toBe(true);
    expect(Math.abs(eta!.hours / 201 - 1)).toBeLessThan(0.02);
    expect(eta!.low).toBeLessThanOrEqual(201);
    expect(eta!.high).toBeGreaterThanOrEqual(201);
    expect(drivers).toEqual([expect.objectContaining({ attribute: 'growth_per_day' })]);
    expect(drivers[0]!.contribution).toBeCloseTo(1, 3);
    expect(drivers[0]!.value).toBeCloseTo(12, 0);
    expect(drivers[0]!.delta_30d! / 99.5).toBeCloseTo(1, 1);
  });

  it.each([
    ['never moves', disk(200, () => 50, 0)],
    ['trembles', disk(200, () => 50, 1)],
    ['empties', disk(200, (hour) => 90 - 0.2 * hour)],
    ['is cleaned as often as it fills', disk(400, (hour) => 30 + (hour % 72) / 2)],
    ['took a large copy once', disk(300, (hour) => (hour < 150 ? 30 : 60))],
    ['grew until a while ago', disk(300, (hour) => 30 + 0.2 * Math.min(hour, 150))],
  ])('is not said of one that %s', (_, series) => {
    expect(predictDiskFull(series, 100)).toMatchObject({ will_fill: false, eta: null });
  });

  it('is when the peaks reach it where something is cleaned up again and again', () => {
    const use = (hour: number) => 30 + (hour % 72) / 2 + 0.05 * hour;
    const truth = Array.from({ length: 2_000 }, (_, hour) => hour).find((hour) => use(hour) >= 90)! - 399;
    const { eta, drivers } = predictDiskFull(disk(400, use), 90);
    expect(Math.abs(eta!.hours / truth - 1)).toBeLessThan(0.05);
    expect(drivers.map(({ attribute }) => attribute).sort()).toEqual(['freed_by_cleanup', 'growth_per_day']);
  });

  it('is by what grows since it changed, and that is named', () => {
    const use = (hour: number) => 30 + 0.02 * hour + 0.2 * Math.max(0, hour - 200);
    const { eta, drivers } = predictDiskFull(disk(300, use), 100);
    expect(Math.abs(eta!.hours / ((100 - use(299)) / 0.22) - 1)).toBeLessThan(0.05);
    expect(drivers[0]!.attribute).toBe('growth_change_per_day');
    expect(drivers.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(1, 2);
  });

  it('is now where it is full already, however little is known', () => {
    const full = { will_fill: true, eta: { hours: 0, low: 0, high: 0 } };
    expect(predictDiskFull(disk(200, filling, 0), 199.5)).toMatchObject(full);
    expect(
      predictDiskFull(
        disk(1, () => 50, 0),
        50,
      ),
    ).toMatchObject(full);
    expect(
      predictDiskFull(
        without(
          disk(3, () => 50, 0),
          (row) => row > 0,
        ),
        40,
      ),
    ).toMatchObject(full);
  });

  it('is not said from fewer than 24 known rows, and the caller is told', () => {
    expect(diskFullMinimum).toBe(24);
    const short = disk(diskFullMinimum + 1, filling);
    for (const series of [disk(0, filling), disk(23, filling), without(short, (row) => row % 12 === 1)]) {
      expect(predictDiskFull(series, 200)).toMatchObject({ eta: null, warnings: ['Too few rows to see a trend.'] });
    }
    expect(
      etaOf(
        without(short, (row) => row === 1),
        200,
      ),
    ).not.toBeNull();
  });

  it('is hardly moved by gaps and by single rows far off', () => {
    const whole = disk(300, filling);
    const truth = (400 - filling(299)) / 0.5;
    const holed = without(whole, (row) => row % 7 === 3 || (row > 60 && row < 90));
    const spiked: Series = { ...whole, values: whole.values.map((value, row) => value + (row % 61 === 9 ? 40 : 0)) };
    for (const series of [holed, spiked]) {
      expect(Math.abs(etaOf(series, 400)!.hours / truth - 1)).toBeLessThan(0.03);
    }
  });

  it('is the same whether a row is not there or has no value', () => {
    const whole = disk(120, filling);
    const isMissing = (row: number) => row % 9 === 4 || row > 110;
    const kept = [...whole.at.keys()].filter((row) => !isMissing(row));
    const fewer: Series = {
      at: Float64Array.from(kept, (row) => whole.at[row]!),
      values: Float64Array.from(kept, (row) => whole.values[row]!),
      stepMs: HOUR,
    };
    const prediction = predictDiskFull(fewer, 250);
    expect(predictDiskFull(without(whole, isMissing), 250)).toEqual(prediction);
    // From the last row that is known.
    expect(prediction.forecast!.timestamps[0]! - START).toBeGreaterThan(110 * HOUR);
    expect(prediction.forecast!.timestamps[0]! - START).toBeLessThan(120 * HOUR);
  });

  it('is never sooner on a larger disk', () => {
    const free = fc.double({ min: 1, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(seeds, free, free, (seed, one, other) => {
        const series = disk(80, (hour) => 100 + 0.1 * hour, 2, seed);
        const [small, large] = [one, other].sort((a, b) => a - b).map((room) => etaOf(series, 110 + room));
        for (const moment of ['low', 'hours', 'high'] as const) {
          expect(large?.[moment] ?? Infinity).toBeGreaterThanOrEqual(small?.[moment] ?? Infinity);
        }
      }),
      { numRuns: 4 },
    );
  });

  it('is the same in bytes and in mebibytes', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const series = disk(80, filling, 2, seed);
        const bytes: Series = { ...series, values: series.values.map((value) => value * 2 ** 20) };
        const [one, other] = [predictDiskFull(series, 300), predictDiskFull(bytes, 300 * 2 ** 20)];
        expect(other.eta).toEqual(one.eta);
        expect(other.forecast!.point).toEqual(one.forecast!.point.map((value) => value * 2 ** 20));
        expect(other.drivers[0]!.value).toBe(one.drivers[0]!.value * 2 ** 20);
      }),
      { numRuns: 3 },
    );
  });

  it('is the same each time, and leaves the series as it was', () => {
    const series = disk(100, filling, 3);
    const before = series.values.slice();
    const one = predictDiskFull(series, 300);
    expect(predictDiskFull(series, 300)).toEqual(one);
    expect(series.values).toEqual(before);
  });

  it('does not depend on how often a day is read', () => {
    const often = disk(2_000, (row) => 100 + row / 20);
    const minutes: Series = { ...often, at: often.at.map((_, row) => START + row * 6 * 60_000), stepMs: 6 * 60_000 };
    // 200 hours at 0.5 an hour; more rows than are looked at one by one.
    expect(Math.abs(etaOf(minutes, 300)!.hours / 200 - 1)).toBeLessThan(0.02);
  });

  it('is never negative, its band around it, and nothing but numbers, whatever the use', () => {
    const step = fc.oneof(
      fc.double({ min: 0, max: 1e15, noNaN: true }),
      fc.constantFrom(0, 5e-324, 1, 1e15, 1e100, NaN),
    );
    const use = fc.array(step, { minLength: 24, maxLength: 40 });
    fc.assert(
      fc.property(use, fc.boolean(), fc.constantFrom(1, 1e12, 1e16, 1e100), (steps, isSummed, capacity) => {
        let sum = 0;
        const values = Float64Array.from(steps, (value) => (isSummed ? (sum += value || 0) : value));
        const series: Series = { at: Float64Array.from(steps, (_, row) => START + row * HOUR), values, stepMs: HOUR };
        const { will_fill, eta, drivers, forecast } = predictDiskFull(series, capacity);
        expect(will_fill).toBe(eta !== null);
        for (const { value, contribution } of drivers) {
          expect(Number.isFinite(value)).toBe(true);
          expect(contribution).toBeGreaterThan(0);
          expect(contribution).toBeLessThanOrEqual(1);
        }
        forecast?.point.forEach((point, i) => {
          const [low, high] = [forecast.low[i]!, forecast.high[i]!];
          expect([low, point, high]).toEqual([low, point, high].sort((a, b) => a - b));
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThan(Infinity);
        });
        if (!eta) return;
        expect(eta.low).toBeGreaterThanOrEqual(0);
        expect(eta.hours).toBeGreaterThanOrEqual(eta.low);
        expect(eta.high ?? Infinity).toBeGreaterThanOrEqual(eta.hours);
        expect(eta.hours).toBeLessThanOrEqual(8_760);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the use that is to come', () => {
  it('is told a step at a time, never above the capacity', () => {
    const { forecast } = predictDiskFull(disk(200, filling), 220);
    expect(forecast!.timestamps).toHaveLength(30);
    forecast!.timestamps.forEach((at, i) => {
      expect(at).toBeGreaterThan(forecast!.timestamps[i - 1] ?? START + 199 * HOUR);
      const use = Math.min(220, filling((at - START) / HOUR));
      expect(Math.abs(forecast!.point[i]! - use)).toBeLessThan(1);
      expect(forecast!.high[i]).toBeLessThanOrEqual(220);
    });
    expect(forecast!.point.at(-1)).toBe(220);
  });
});

describe('a capacity', () => {
  it('fits what was last known to be used, and nothing more', () => {
    const series = without(
      disk(30, () => 50, 0),
      (row) => row === 29,
    );
    expect(fitsCapacity(series, 50)).toBe(true);
    expect(fitsCapacity(series, 49.9)).toBe(false);
    // It may have been enlarged, or emptied, since.
    expect(
      fitsCapacity(
        disk(30, (hour) => 100 - hour, 0),
        71,
      ),
    ).toBe(true);
    expect(fitsCapacity(disk(0, filling), 1)).toBe(true);
  });
});
