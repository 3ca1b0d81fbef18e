import { SeriesWatch, unheard } from './series-watch.js';

const HOUR_MS = 3_600_000;
/** As lively as a temperature, the same every time. */
const lively = (hour: number) => 45 + 4 * Math.sin(hour * hour);

function watched(metric: string, values: readonly number[]): SeriesWatch {
  const watch = SeriesWatch.begin(metric)!;
  values.forEach((value, hour) => watch.observe(hour * HOUR_MS, value));
  return watch;
}
const hours = (count: number) => Array.from({ length: count }, (_, hour) => lively(hour));

describe('the watch of a series', () => {
  it('is there for metrics that are judged, and no others', () => {
    expect(SeriesWatch.begin('smart.5')).toBeDefined();
    expect(SeriesWatch.begin('boot.uptime_seconds')).toBeUndefined();
    expect(SeriesWatch.begin('made.up')).toBeUndefined();
  });

  it('goes on from its bytes as if it had never stopped', () => {
    const [whole, torn] = [watched('cpu.temperature', hours(50)), watched('cpu.temperature', hours(50))];
    const resumed = SeriesWatch.resume('cpu.temperature', torn.serialise())!;
    for (let hour = 50; hour < 60; hour += 1) {
      const value = hour === 59 ? 95 : lively(hour);
      expect(resumed.observe(hour * HOUR_MS, value)).toEqual(whole.observe(hour * HOUR_MS, value));
    }
    expect(resumed.serialise()).toEqual(whole.serialise());
  });

  it('is none of bytes that are damaged, of another release, or of a metric that is not judged', () => {
    const state = watched('cpu.temperature', hours(40)).serialise();
    expect(SeriesWatch.resume('cpu.temperature', { ...state, state: Uint8Array.of(255) })).toBeUndefined();
    expect(SeriesWatch.resume('cpu.temperature', { ...state, silence: Uint8Array.of(255) })).toBeUndefined();
    expect(SeriesWatch.resume('boot.uptime_seconds', state)).toBeUndefined();
  });

  it('takes what is newer than all it saw for news, also when resumed', () => {
    const watch = watched('cpu.temperature', hours(3));
    for (const each of [watch, SeriesWatch.resume('cpu.temperature', watch.serialise())!])
      expect([2 * HOUR_MS - 1, 2 * HOUR_MS, 2 * HOUR_MS + 1].map((at) => each.isNews(at))).toEqual([
        false,
        false,
        true,
      ]);
  });

  it('tells how far beyond what was expected a value is, and on which side', () => {
    const rowOf = (value: number) => watched('cpu.temperature', hours(60)).observe(60 * HOUR_MS, value)[0]!;
    for (const [value, side] of [
      [95, 1],
      [-20, -1],
      [45, 0],
    ] as const) {
      const { detector, size, expected, ...row } = rowOf(value);
      const { low, high } = expected!;
      expect({ detector, value: row.value, side: row.side }).toEqual({ detector: 'value', value, side });
      expect(size).toBeCloseTo(side === 1 ? value - high : side === -1 ? low - value : 0, 9);
    }
    expect(rowOf(95).score).toBeGreaterThan(rowOf(45).score);
  });

  it('says nothing of a difference that nobody would look at, however rare', () => {
    const rowOf = (value: number) => watched('cpu.temperature', Array(60).fill(50)).observe(60 * HOUR_MS, value)[0]!;
    expect(rowOf(54).score).toBe(0);
    expect(rowOf(56).score).toBeGreaterThan(0);
  });

  it('of a counter judges by how much it grew: not the first sample, nor one from which it began anew', () => {
    const watch = SeriesWatch.begin('net.rx_errors')!;
    expect(watch.observe(0, 1_000)).toEqual([]);
    expect(watch.observe(HOUR_MS, 1_004)[0]).toMatchObject({ detector: 'value', value: 4 });
    expect(watch.observe(2 * HOUR_MS, 3)).toEqual([]);
    expect(watch.observe(3 * HOUR_MS, 5)[0]).toMatchObject({ value: 2 });
  });

  it('hears a value that stands still though it used to move, and leaves a counter that does alone', () => {
    const flatOf = (metric: string) => {
      const watch = watched(metric, hours(60).map(Math.round));
      for (let hour = 60; hour < 90; hour += 1) watch.observe(hour * HOUR_MS, 60);
      return watch.observe(90 * HOUR_MS, 60).find(({ detector }) => detector === 'silence');
    };
    expect(flatOf('cpu.temperature')).toMatchObject({ kind: 'flatline', score: expect.any(Number), size: 31 });
    expect(flatOf('cpu.temperature')!.score).toBeGreaterThanOrEqual(0.5);
    expect(flatOf('net.rx_errors')!.score).toBe(0);
  });
});

describe('a series that its device says nothing of', () => {
  const known = (count: number) => watched('cpu.temperature', hours(count)).serialise();
  /** So many diagnostics without it, so far apart. */
  const waited = (times: number, gapMs: number, count = 60) => {
    let state = known(count);
    let last: ReturnType<typeof unheard>;
    for (let time = 1; time <= times; time += 1) {
      last = unheard(state, state.lastAt + time * gapMs, gapMs);
      if (last) state = { ...state, heardMs: last.heardMs };
    }
    return last;
  };

  it('is missing after some usual steps in which others were told of', () => {
    expect(waited(6, HOUR_MS)!.row.score).toBe(0);
    const { row } = waited(13, HOUR_MS)!;
    expect(row).toMatchObject({ detector: 'silence', kind: 'missing', value: null, expected: null, side: -1 });
    expect(row.score).toBeGreaterThanOrEqual(0.5);
    expect(row.size).toBeCloseTo(13 * HOUR_MS, -3);
  });

  it('is not missed for as long as the whole device was away: of a pause counts a usual step', () => {
    const { heardMs, row } = waited(1, 1_000 * HOUR_MS)!;
    expect(heardMs).toBeCloseTo(HOUR_MS, -3);
    expect(row.score).toBe(0);
  });

  it('is not missed while too little is known of it', () => {
    expect(waited(30, HOUR_MS, 10)).toBeUndefined();
  });
});
