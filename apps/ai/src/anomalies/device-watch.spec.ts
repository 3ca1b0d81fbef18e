import type { Measurement } from '@techze/contracts';
import { DeviceWatch, type KnownDevice, type SeriesRow } from './device-watch.js';
import { seriesKey } from './series-name.js';
import { SeriesWatch } from './series-watch.js';

const HOUR_MS = 3_600_000;
const NOW = new Date(1e12);
const lively = (hour: number) => 45 + 4 * Math.sin(hour * hour);
const sample = (metric: string, value: number, instance = ''): Measurement => ({ metric, instance, value });

/** A series of which sixty hours are known. */
function series(metric: string, instance = '') {
  const watch = SeriesWatch.begin(metric)!;
  for (let hour = 0; hour < 60; hour += 1) watch.observe(hour * HOUR_MS, lively(hour));
  return { metric, instance, watch };
}
type Series = ReturnType<typeof series>;

function device(told: readonly Series[], changes: Partial<KnownDevice> = {}): DeviceWatch {
  const watches = new Map(told.map((each) => [seriesKey(each), each.watch]));
  return new DeviceWatch(
    {
      ...{ tenantId: 'tnt_1', deviceId: 'dev_1', newestAt: 59 * HOUR_MS },
      ...{ watches, quiet: new Map(), open: [], judgements: [], ...changes },
    },
    NOW,
  );
}
const quiet = (...all: readonly Series[]) =>
  new Map(all.map((each) => [seriesKey(each), { ...each, ...each.watch.serialise() }]));
const at = (hour: number, ...measurements: Measurement[]) => ({
  diagnosticId: `dgn_${hour}`,
  at: hour * HOUR_MS,
  measurements,
});
/** What the detector of values says of one hour. */
const heat = (hour: number, score: number): SeriesRow => ({
  ...{ metric: 'cpu.temperature', instance: '' },
  row: {
    ...{ detector: 'value', kind: 'spike', at: hour * HOUR_MS, score, value: 95, size: 40, side: 1 },
    expected: { low: 40, high: 55 },
  },
});
const missing = (watch: DeviceWatch) => [...watch.changed.values()].filter(({ kind }) => kind === 'missing');

describe('a device', () => {
  it('counts what it tells of, what of it was news, and what of that was strange', () => {
    const watch = device([series('cpu.temperature'), series('cpu.load')]);
    const uptime = sample('boot.uptime_seconds', 5);
    expect(watch.take(at(60, sample('cpu.temperature', 95), sample('cpu.load', 45), uptime))).toEqual({
      ...{ diagnosticId: 'dgn_60', at: 60 * HOUR_MS, samples: 3, scored: 2, anomalous: 1 },
    });
    // Older than what its series saw.
    expect(watch.take(at(30, sample('cpu.temperature', 95)))).toMatchObject({ samples: 1, scored: 0, anomalous: 0 });
    expect([...watch.moved.keys()]).toEqual(['cpu.temperature ', 'cpu.load ']);
  });

  it('begins one anomaly of what goes on, which grows', () => {
    const watch = device([]);
    watch.judge([heat(60, 0.9)], 'dgn_60');
    watch.judge([heat(61, 0.95)], 'dgn_61');
    const [anomaly, ...others] = watch.changed.values();
    expect(others).toEqual([]);
    expect([...watch.begun]).toEqual([anomaly!.id]);
    expect(anomaly).toMatchObject({
      ...{ tenant_id: 'tnt_1', device_id: 'dev_1', peak_diagnostic_id: 'dgn_61', samples: 2, score: 0.95 },
      ...{ state: 'open', created_at: NOW, start_at: new Date(60 * HOUR_MS), end_at: new Date(61 * HOUR_MS) },
    });
  });

  it('goes on with an anomaly that was open before, and tells of it no more', () => {
    const first = device([]);
    first.judge([heat(60, 0.9)], 'dgn_60');
    const open = [...first.changed.values()];
    const second = device([], { open });
    second.judge([heat(61, 0.8)], 'dgn_61');
    expect(second.begun.size).toBe(0);
    expect([...second.changed.values()]).toMatchObject([
      { id: open[0]!.id, samples: 2, version: 2, score: 0.9, peak_diagnostic_id: 'dgn_60' },
    ]);
  });

  it('names what was strange along with an anomaly, by share, each metric once and five at most', () => {
    const metrics = ['cpu.temperature', 'cpu.load', 'net.latency_ms', 'health.score', 'disk.used_ratio'];
    const all = [...metrics.map((metric) => series(metric)), series('disk.temperature', 'a')];
    all.push(series('disk.temperature', 'b'));
    const watch = device(all);
    watch.take(at(60, ...all.map(({ metric, instance }) => sample(metric, 300, instance))));
    expect(watch.changed.size).toBe(7);
    for (const { metric, contributors } of watch.changed.values()) {
      const names = contributors.map((each) => each.metric);
      expect(names).toContain(metric);
      expect(names).toHaveLength(5);
      expect(new Set(names).size).toBe(5);
      expect(contributors.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(contributors).toEqual(contributors.toSorted((a, b) => b.share - a.share));
    }
  });

  it('has nothing strange where people called it normal', () => {
    const refuted = { detector: 'value', side: 1, size: 1_000, verdict: 'false_positive', at: 0 } as const;
    const judgements = [{ metric: 'cpu.temperature', instance: '', ...refuted }];
    const hot = at(60, sample('cpu.temperature', 95));
    expect(device([series('cpu.temperature')], { judgements }).take(hot)).toMatchObject({ scored: 1, anomalous: 0 });
    // Of another disk, or another metric, nothing was said.
    const others = [{ ...judgements[0]!, instance: 'x' }];
    expect(device([series('cpu.temperature')], { judgements: others }).take(hot).anomalous).toBe(1);
  });
});

describe('a series that falls silent', () => {
  const wait = (lost: Series, times: number, gapHours = 1) => {
    const watch = device([series('cpu.load')], { quiet: quiet(lost) });
    for (let time = 1; time <= times; time += 1)
      expect(watch.take(at(59 + time * gapHours, sample('cpu.load', lively(time)))).anomalous).toBe(0);
    return watch;
  };

  it('is missed while the device tells of others', () => {
    const watch = wait(series('cpu.temperature'), 20);
    expect(missing(watch)).toMatchObject([{ metric: 'cpu.temperature', state: 'open', value: null }]);
    expect(watch.waited.get('cpu.temperature ')!.heardMs).toBeCloseTo(20 * HOUR_MS, -3);
  });

  it('is not missed yet after a few hours, nor when the whole device was away', () => {
    expect(missing(wait(series('cpu.temperature'), 4))).toEqual([]);
    expect(missing(wait(series('cpu.temperature'), 3, 500))).toEqual([]);
  });

  it('is not missed where it is one of many: a disk is taken out', () => {
    const watch = wait(series('disk.temperature', 'S1'), 20);
    expect(missing(watch)).toEqual([]);
    expect(watch.waited.size).toBe(0);
  });
});
