import fc from 'fast-check';
import { SAMPLES_KEPT, withSample, type Sample } from './samples.js';
import { trendOf } from './trend.js';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');
const sample = (day: number, value: Sample['value']): Sample => ({
  at: new Date(START + day * DAY_MS).toISOString(),
  value,
});
const samplesOf = (...points: [day: number, value: Sample['value']][]) =>
  points.reduce<Sample[]>((samples, [day, value]) => withSample(samples, sample(day, value)), []);

describe('the trend of a finding', () => {
  it.each([
    ['has nothing to tell of one value', 'SMART_197', [[0, 1]], null],
    [
      'has nothing to tell of two values at one time',
      'SMART_197',
      [
        [0, 1],
        [0, 3],
      ],
      null,
    ],
    [
      'says how much a counter grew',
      'SMART_197',
      [
        [0, 1],
        [4, 2],
        [9, 3],
      ],
      '+2 in 9 d',
    ],
    [
      'says since when it stands still',
      'SMART_197',
      [
        [0, 1],
        [15, 1],
        [30, 1],
      ],
      'stable for 30 d',
    ],
    [
      'calls growth of long ago stable',
      'SMART_197',
      [
        [0, 1],
        [1, 5],
        [20, 5],
        [40, 5],
      ],
      'stable for 39 d',
    ],
    [
      'measures growth against the last 30 days',
      'SMART_197',
      [
        [0, 1],
        [50, 5],
        [60, 9],
      ],
      '+4 in 10 d',
    ],
    [
      'does not take the wobble of a gauge for growth',
      'FS_USED',
      [
        [0, 91],
        [3, 91.5],
        [6, 91.2],
      ],
      'stable for 6 d',
    ],
    [
      'says how much a gauge fell',
      'FS_USED',
      [
        [0, 97],
        [0.5, 92.4],
      ],
      '-4.6 in 12 h',
    ],
    [
      'tells a peak from standing still',
      'SMART_197',
      [
        [0, 4],
        [1, 9],
        [2, 4],
      ],
      '-5 in 24 h',
    ],
    [
      'knows since when a state lasts',
      'ANTIVIRUS',
      [
        [0, 'off'],
        [3, 'off'],
      ],
      'stable for 3 d',
    ],
    [
      'knows that a state changed',
      'ANTIVIRUS',
      [
        [0, 'outdated'],
        [3, 'off'],
      ],
      'changed in 3 d',
    ],
    [
      'speaks of minutes where there are no more',
      'SMART_197',
      [
        [0, 1],
        [0.01, 2],
      ],
      '+1 in 14 min',
    ],
    [
      'takes a code that exists no more for a counter',
      'GONE_CHECK',
      [
        [0, 1],
        [2, 2],
      ],
      '+1 in 2 d',
    ],
  ] as [string, string, [number, Sample['value']][], string | null][])('%s', (_what, code, points, trend) => {
    expect(trendOf(code, samplesOf(...points))).toBe(trend);
  });
});

describe('the samples of a finding', () => {
  it('keep the first, the newest and no more than their number, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 1_000 }), fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 120 }),
        (gaps) => {
          let day = 0;
          const points = gaps.map(([gap, value]) => [(day += gap + 1), value] as [number, number]);
          const kept = samplesOf(...points);
          expect(kept.length).toBeLessThanOrEqual(SAMPLES_KEPT);
          expect(kept[0]).toEqual(sample(...points[0]!));
          expect(kept.at(-1)).toEqual(sample(...points.at(-1)!));
          expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).sort());
        },
      ),
    );
  });

  it('of a value that stays are two, however long it stays', () => {
    const kept = samplesOf(...Array.from({ length: 100 }, (_, day) => [day, 7] as [number, number]));
    expect(kept).toEqual([sample(0, 7), sample(99, 7)]);
  });

  it('reach back to the first sight, however many there were', () => {
    const kept = samplesOf(...Array.from({ length: 1_000 }, (_, day) => [day, day] as [number, number]));
    expect(trendOf('SMART_197', kept)).toMatch(/^\+\d+ in \d+ d$/);
    expect(kept[0]).toEqual(sample(0, 0));
  });
});
