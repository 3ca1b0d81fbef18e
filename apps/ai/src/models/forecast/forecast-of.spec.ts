import fc from 'fast-check';
import { noise } from '../../../test/support/noise.js';
import type { Series } from '../series/index.js';
import { forecastMinimum, forecastOf, type Forecast } from './index.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

function hourly(rows: number, valueAt: (row: number) => number): Series {
  const at = Float64Array.from({ length: rows }, (_, row) => START + row * HOUR);
  return { at, values: Float64Array.from({ length: rows }, (_, row) => valueAt(row)), stepMs: HOUR };
}
const daily = (row: number) => Math.sin((2 * Math.PI * row) / 24);

/** A day's swing and noise of which seven tenths stay from row to row: what a series of a machine looks like. */
function living(rows: number, seed: number): Series {
  const { normal } = noise(seed);
  let rest = 0;
  return hourly(rows, (row) => 20 + 5 * daily(row) + (rest = 0.7 * rest + normal()));
}
const inUnit = (series: Series, a: number, b: number): Series => ({
  ...series,
  values: series.values.map((value) => a * value + b),
});
const linesOf = ({ point, low, high }: Forecast) => [...point, ...low, ...high];
const forecast = (series: Series, horizon: number, level = 0.8) => forecastOf(series, horizon, level).forecast;

const seeds = fc.integer({ min: 1, max: 1e9 });

describe('a forecast', () => {
  it('is the same, to the last bit, in a unit that is a power of two of the other', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: -300, max: 300 }), (seed, power) => {
        const series = living(96, seed);
        const lines = linesOf(forecast(series, 24));
        const others = linesOf(forecast(inUnit(series, 2 ** power, 0), 24));
        expect(others).toEqual(lines.map((value) => value * 2 ** power));
      }),
      { numRuns: 6 },
    );
  });

  it('of a·x + b is a times that of x, plus b', () => {
    const unit = fc.record({
      a: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      // In units of the series: what is far from 0 loses digits, whoever forecasts it.
      b: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(seeds, unit, (seed, { a, b }) => {
        const series = living(96, seed);
        const lines = linesOf(forecast(series, 24));
        linesOf(forecast(inUnit(series, a, a * b), 24)).forEach((value, i) => {
          expect(Math.abs((value - a * b) / a - lines[i]!)).toBeLessThan(1e-9 * (1 + Math.abs(b)));
        });
      }),
      { numRuns: 6 },
    );
  });

  it('is the same each time, and leaves the series as it was', () => {
    const series = living(120, 7);
    const before = series.values.slice();
    const one = forecastOf(series, 48, 0.8);
    expect(forecastOf(series, 48, 0.8)).toEqual(one);
    expect(series.values).toEqual(before);
  });

  it('goes on in steps of the series from its last row', () => {
    const quarters: Series = { ...living(96, 3), stepMs: HOUR / 4 };
    quarters.at.forEach((_, row) => (quarters.at[row] = START + (row * HOUR) / 4));
    const { timestamps, point } = forecast(quarters, 5);
    expect(timestamps).toEqual([96, 97, 98, 99, 100].map((row) => START + (row * HOUR) / 4));
    expect(point).toHaveLength(5);
  });

  it.each([0, 7.5, -3, 0.1, 1e100, 5e-324])('of a series that is always %d is that, for certain', (value) => {
    const result = forecastOf(
      hourly(60, () => value),
      10,
      0.95,
    );
    expect(result.method).toBe('constant');
    for (const line of linesOf(result.forecast))
      expect(Math.abs(line - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it('repeats what the series repeats', () => {
    const shape = [5, 1, 4, 2, 9, 7, 3, 8];
    const result = forecastOf(
      hourly(160, (row) => shape[row % 8]!),
      20,
      0.8,
    );
    expect(result.seasons).toContain(8);
    result.forecast.point.forEach((value, h) => expect(value).toBeCloseTo(shape[(160 + h) % 8]!, 6));
  });

  it('knows the day without being told', () => {
    const { point } = forecast(hourly(96, daily), 48);
    point.forEach((value, h) => expect(value).toBeCloseTo(daily(96 + h), 6));
  });

  it('goes on with a trend, the truth within its band', () => {
    const { normal } = noise(5);
    const line = (row: number) => 5 + 0.3 * row;
    const exact = forecast(hourly(200, line), 48);
    exact.point.forEach((value, h) => expect(value).toBeCloseTo(line(200 + h), 6));
    const { point, low, high } = forecast(
      hourly(200, (row) => line(row) + 0.5 * normal()),
      48,
      0.95,
    );
    expect(Math.abs(point[47]! - line(247))).toBeLessThan(0.1 * 0.3 * 48);
    expect(low[47]).toBeLessThan(line(247));
    expect(high[47]).toBeGreaterThan(line(247));
  });

  it('has what is missing filled in, and says so', () => {
    const whole = living(240, 11);
    const kept = [...whole.at.keys()].filter((row) => row % 19 !== 4 && (row < 100 || row > 105));
    const missing = 240 - kept.length;
    const without: Series = {
      at: Float64Array.from(kept, (row) => whole.at[row]!),
      values: Float64Array.from(kept, (row) => whole.values[row]!),
      stepMs: HOUR,
    };
    const holed: Series = {
      ...whole,
      values: whole.values.map((value, row) => (kept.includes(row) ? value : NaN)),
    };
    const result = forecastOf(without, 24, 0.8);
    expect(result.warnings).toEqual([`${missing} rows were missing and were filled in between their neighbours.`]);
    // A row that is not there and one without a value are the same.
    expect(forecastOf(holed, 24, 0.8)).toEqual(result);
    // A gap that was closed instead of filled would move each season behind it: here by up to 10.
    const { point } = forecast(whole, 24);
    result.forecast.point.forEach((value, h) => expect(Math.abs(value - point[h]!)).toBeLessThan(1.5));
    expect(forecastOf(whole, 24, 0.8).warnings).toEqual([]);
  });

  it('goes by the last 4,000 steps alone, and says so', () => {
    const shape = [1, 5, 2, 8, 3, 9, 4, 7];
    const series = hourly(4_040, (row) => (row < 40 ? 1e6 : shape[row % 8]!));
    const { forecast: ahead, warnings } = forecastOf(series, 8, 0.8);
    expect(warnings).toEqual(['Only the last 4000 steps count.']);
    ahead.point.forEach((value, h) => expect(value).toBeCloseTo(shape[h]!, 6));
  });

  it('is made from 48 rows on, further than they reach back', () => {
    expect(forecastMinimum).toBe(48);
    const { point, low, high } = forecast(living(forecastMinimum, 2), 500, 0.95);
    for (const lines of [point, low, high]) {
      expect(lines).toHaveLength(500);
      expect(lines.every(Number.isFinite)).toBe(true);
    }
  });

  it('has its point within its band, and nothing but numbers, whatever the numbers', () => {
    const cell = fc.oneof(
      fc.double({ min: -1e100, max: 1e100, noNaN: true }),
      fc.constantFrom(0, -0, 5e-324, -1e-310, 1e-160, 1, 1e100, -1e100, NaN),
    );
    const rows = fc.array(fc.record({ value: cell, pause: fc.constantFrom(1, 1, 1, 1, 1, 2, 0.3, 7) }), {
      minLength: 60,
      maxLength: 70,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), fc.constantFrom(0.5, 0.8, 0.99), (given, horizon, level) => {
        fc.pre(given.filter(({ value }) => !Number.isNaN(value)).length >= forecastMinimum);
        let now = START;
        const at = Float64Array.from(given, ({ pause }) => (now += pause * HOUR));
        const values = Float64Array.from(given, ({ value }) => value);
        const { point, low, high } = forecast({ at, values, stepMs: HOUR }, horizon, level);
        expect(point).toHaveLength(horizon);
        point.forEach((value, h) => {
          expect([low[h], value, high[h]].every(Number.isFinite)).toBe(true);
          expect(low[h]).toBeLessThanOrEqual(value);
          expect(high[h]).toBeGreaterThanOrEqual(value);
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('the band of a forecast', () => {
  it('is wider the more of the future it is to hold, around the same points', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const series = living(96, seed);
        const [half, most, nearly] = [0.5, 0.8, 0.95].map((level) => forecast(series, 24, level));
        expect(most!.point).toEqual(half!.point);
        most!.point.forEach((_, h) => {
          expect(most!.high[h]).toBeGreaterThan(half!.high[h]!);
          expect(nearly!.high[h]).toBeGreaterThan(most!.high[h]!);
          expect(most!.low[h]).toBeLessThan(half!.low[h]!);
          expect(nearly!.low[h]).toBeLessThan(most!.low[h]!);
        });
      }),
      { numRuns: 4 },
    );
  });

  it('is never narrower further ahead, and holds about the share that it is to hold', () => {
    let held = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const series = living(240 + 48, seed);
      const past: Series = { at: series.at.subarray(0, 240), values: series.values.subarray(0, 240), stepMs: HOUR };
      const { low, high } = forecast(past, 48);
      low.forEach((_, h) => {
        const value = series.values[240 + h]!;
        if (value >= low[h]! && value <= high[h]!) held += 1;
        if (h > 0) expect(high[h]! - low[h]!).toBeGreaterThanOrEqual((high[h - 1]! - low[h - 1]!) * (1 - 1e-9));
      });
    }
    expect(held / (12 * 48)).toBeGreaterThan(0.72);
    expect(held / (12 * 48)).toBeLessThan(0.95);
  });
});
