import fc from 'fast-check';
import { interpolate, InputRefused, normaliseRows, readTimes, readValues, sameLength, seriesOf } from './index.js';

const options = { strict: false, pointer: '/series/timestamps' };
const rowsOf = (at: readonly number[], values: readonly number[]) =>
  normaliseRows(Float64Array.from(at), [Float64Array.from(values)], options);
const refusal = (work: () => unknown): InputRefused => {
  try {
    work();
  } catch (error) {
    if (error instanceof InputRefused) return error;
    throw error;
  }
  throw new Error('was not refused');
};

describe('the rows of a series', () => {
  it('are ascending and distinct, and each row of the input knows its place, whatever was given', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (input) => {
        const at = input.map(([time]) => time);
        const {
          at: moments,
          columns,
          rowOf,
          quality,
        } = rowsOf(
          at,
          input.map(([, value]) => value),
        );
        const [values = new Float64Array()] = columns;
        expect([...moments]).toEqual([...new Set(at)].sort((a, b) => a - b));
        for (const [index, time] of at.entries()) expect(moments[rowOf[index] ?? -1]).toBe(time);
        // The last one given of each moment is the one that counts.
        for (const [place, time] of moments.entries())
          expect(values[place]).toBe(input.findLast(([other]) => other === time)?.[1]);
        expect(quality).toMatchObject({ n: moments.length, duplicates: input.length - moments.length });
      }),
    );
  });

  it('do not depend on the order in which they were given, where no moment came twice', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1e12 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(times, (at) => {
        const ordered = [...at].sort((a, b) => a - b);
        const [one, other] = [rowsOf(at, at), rowsOf(ordered, ordered)];
        expect(one.at).toEqual(other.at);
        expect(one.columns).toEqual(other.columns);
        expect(one.quality).toEqual(other.quality);
      }),
    );
  });

  it('are sorted with a warning, and refused with the index when strict', () => {
    expect(rowsOf([1, 3, 2], [1, 1, 1]).warnings).toEqual([expect.stringContaining('sorted')]);
    expect(rowsOf([1, 2, 3], [1, 1, 1]).warnings).toEqual([]);
    const strict = () =>
      normaliseRows(Float64Array.of(1, 3, 2), [Float64Array.of(1, 1, 1)], { ...options, strict: true });
    expect(refusal(strict).faults[0]?.pointer).toBe('/series/timestamps/2');
  });

  it('tell their step, their gaps and whether they ever change', () => {
    const quality = rowsOf([0, 1000, 2000, 5000, 6000], [7, 7, Number.NaN, 7, 7]).quality;
    expect(quality).toEqual({ n: 5, gaps: 1, duplicates: 0, interpolated: 0, constant: true, step_seconds: 1 });
    expect(rowsOf([0, 1, 2], [7, 7, 8]).quality.constant).toBe(false);
  });

  it('may lack a fifth of their values, and not more', () => {
    const lacking = (missing: number) => rowsOf([...Array(10).keys()], Array(10).fill(1).fill(Number.NaN, 0, missing));
    expect(() => lacking(2)).not.toThrow();
    expect(refusal(() => lacking(3))).toMatchObject({ code: 'too-many-missing', details: { missing: 3, rows: 10 } });
  });
});

describe('what a caller sent', () => {
  it('may name its moments by ISO text or milliseconds; without a zone they are UTC', () => {
    const given = ['2026-11-22T08:00:00Z', '2026-11-22 08:00', '2026-11-22T09:30:00.5+01:30', 1_795_334_400_000];
    expect([...readTimes(given, '')]).toEqual([
      Date.UTC(2026, 10, 22, 8),
      Date.UTC(2026, 10, 22, 8),
      Date.UTC(2026, 10, 22, 8, 0, 0, 500),
      1_795_334_400_000,
    ]);
  });

  it('is refused with the index of every moment that is none', () => {
    const given = [
      '2026-02-30',
      '2026-11-22T24:00:00Z',
      'yesterday',
      null,
      -1,
      Infinity,
      Number.NaN,
      1e16,
      '2026-11-22',
    ];
    expect(refusal(() => readTimes(given, '/t')).faults.map(({ pointer }) => pointer)).toEqual(
      [...Array(8).keys()].map((index) => `/t/${index}`),
    );
  });

  it('is refused with the index of every value that is no number', () => {
    const given = [1, null, Infinity, -Infinity, 'NaN', true, 1e200, [], 0];
    expect(refusal(() => readValues(given, '/v')).faults.map(({ pointer }) => pointer)).toEqual(
      [2, 3, 4, 5, 6, 7].map((index) => `/v/${index}`),
    );
    expect([...readValues([1, null], '')]).toEqual([1, Number.NaN]);
  });

  it('is refused at the first index without a partner', () => {
    expect(refusal(() => sameLength(3, 5, '/series/values')).faults[0]?.pointer).toBe('/series/values/3');
    expect(() => sameLength(3, 3, '')).not.toThrow();
  });

  it('lists a hundred faults at most', () => {
    expect(refusal(() => readValues(Array(1000).fill('x'), '')).faults).toHaveLength(100);
  });
});

describe('filling in', () => {
  it('leaves what is there, fills everything else between its neighbours, and counts it', () => {
    const value = fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { nil: Number.NaN });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        fc.pre(values.some((one) => !Number.isNaN(one)));
        const series = { at: Float64Array.from(values.keys()), values: Float64Array.from(values), stepMs: 1 };
        const { series: full, filled } = interpolate(series);
        const known = values.filter((one) => !Number.isNaN(one));
        expect(filled).toBe(values.length - known.length);
        for (const [index, one] of values.entries()) {
          if (!Number.isNaN(one)) expect(full.values[index]).toBe(one);
          expect(full.values[index]).toBeGreaterThanOrEqual(Math.min(...known) - 1e-6);
          expect(full.values[index]).toBeLessThanOrEqual(Math.max(...known) + 1e-6);
        }
      }),
    );
  });

  it('goes by time, not by rows', () => {
    const rows = { ...rowsOf([0, 1, 10], [0, 1, 10]), columns: [Float64Array.of(0, Number.NaN, 10)] };
    expect(interpolate(seriesOf(rows)).series.values[1]).toBe(1);
  });
});
