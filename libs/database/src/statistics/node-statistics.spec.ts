import fc from 'fast-check';
import { NodeStatistics } from './node-statistics.js';

/** Statistics, and the hands of their clock. */
function setUp(startedAt = 1_234_567) {
  let time = startedAt;
  const statistics = new NodeStatistics('primary', { now: () => time });
  return { statistics, pass: (ms: number) => void (time += ms) };
}

function repeat(times: number, act: (time: number) => void): void {
  for (let time = 1; time <= times; time += 1) act(time);
}

test('a node of which nothing was asked has no latency, no errors and no throughput', () => {
  const { statistics } = setUp();
  expect(statistics.view()).toMatchObject({
    latency_ms: { p50: null, p95: null, p99: null },
    error_rate: 0,
    throughput: 0,
    histograms: { query: { count: 0, sum_ms: 0 } },
  });
});

describe('the last minute', () => {
  it('has quantiles within 1 % of the true ones, from microseconds to minutes', () => {
    const durations = fc.array(fc.double({ min: 0.1, max: 500_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, (all) => {
        const { statistics } = setUp();
        for (const ms of all) statistics.statement(ms, 'ok');
        const sorted = all.toSorted((a, b) => a - b);
        const { p50, p95, p99 } = statistics.view().latency_ms;
        for (const [quantile, seen] of [[0.5, p50] as const, [0.95, p95] as const, [0.99, p99] as const]) {
          const exact = sorted[Math.max(0, Math.round(sorted.length * quantile) - 1)] ?? NaN;
          // A microsecond is the smallest that there is.
          expect(Math.abs((seen ?? NaN) - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.001);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds what is longer than it can tell apart, and what took no time', () => {
    const { statistics } = setUp();
    statistics.statement(0, 'ok');
    expect(statistics.view().latency_ms.p99).toBe(0.001);
    repeat(99, () => statistics.statement(3_600_000, 'timeout'));
    expect(statistics.view().latency_ms.p99).toBeGreaterThanOrEqual(590_000);
    expect(statistics.view().throughput).toBe(100);
  });

  it('forgets what is older, all of it within 60 s, and not before 50 s', () => {
    const { statistics, pass } = setUp();
    statistics.statement(400, 'lost');
    pass(50_000);
    expect(statistics.view().latency_ms.p50).toBeCloseTo(400, -1);
    pass(10_000);
    expect(statistics.view()).toMatchObject({ latency_ms: { p50: null }, error_rate: 0, throughput: 0 });
    statistics.statement(2, 'ok');
    expect(statistics.view()).toMatchObject({ latency_ms: { p99: expect.closeTo(2, 1) }, error_rate: 0 });
  });

  it('counts statements per second over the time that it looks back on, from the first second on', () => {
    const { statistics, pass } = setUp(0);
    repeat(100, () => statistics.statement(1, 'ok'));
    expect(statistics.view().throughput).toBe(100);
    pass(20_000);
    expect(statistics.view().throughput).toBe(5);
    repeat(600, () => {
      pass(100);
      statistics.statement(1, 'ok');
    });
    expect(statistics.view().throughput).toBeCloseTo(10, 0);
  });

  it('does not count a stretch of silence as busy', () => {
    const { statistics, pass } = setUp(0);
    repeat(100, () => statistics.statement(1, 'ok'));
    pass(3_600_000);
    statistics.statement(1, 'ok');
    expect(statistics.view().throughput).toBeCloseTo(1 / 50, 3);
  });

  it('blames the node for time-outs, lost statements and refused connections, not for faults of a statement', () => {
    const { statistics } = setUp();
    repeat(4, () => statistics.statement(1, 'error'));
    statistics.connected(3);
    expect(statistics.view().error_rate).toBe(0);
    statistics.statement(1, 'timeout');
    statistics.statement(1, 'lost');
    statistics.connectFailed();
    expect(statistics.view().error_rate).toBeCloseTo(3 / 8);
  });
});

test('totals count everything since start, for ever', () => {
  const { statistics, pass } = setUp();
  statistics.acquired(0);
  statistics.acquired(30);
  statistics.acquired(12);
  repeat(2, () => statistics.acquireFailed('timeout'));
  statistics.acquireFailed('full');
  statistics.acquireFailed('unavailable');
  statistics.connected(4);
  repeat(3, () => statistics.connectFailed());
  for (const result of ['ok', 'error', 'timeout', 'lost', 'ok'] as const) statistics.statement(1, result);
  statistics.retried();
  repeat(2, () => statistics.failedOver());
  repeat(3, () => statistics.leaked());
  pass(86_400_000);
  expect(statistics.view().totals).toEqual({
    statements: { ok: 2, error: 1, timeout: 1, lost: 1 },
    acquires: { ok: 3, timeout: 2, full: 1, unavailable: 1 },
    waits: 2,
    waited_ms: 42,
    connects: { ok: 1, failed: 3 },
    retries: 1,
    failovers: 2,
    leaks: 3,
  });
});

test('histograms count each duration in its bucket and in all above, whatever it was', () => {
  const { statistics } = setUp();
  for (const ms of [0, 0.1, 0.100_1, 7, 30_000, 99_999]) statistics.statement(ms, 'ok');
  statistics.acquired(2);
  statistics.connected(3);
  const { query, acquire, connect } = statistics.view().histograms;
  expect([query.count, acquire.count, connect.count]).toEqual([6, 1, 1]);
  expect(query.sum_ms).toBeCloseTo(130_006.2001);
  const counts = new Map(query.buckets.map(({ le_ms, count }) => [le_ms, count]));
  expect([0.1, 0.25, 5, 10, 10_000, 30_000, null].map((bound) => counts.get(bound))).toEqual([2, 3, 3, 4, 4, 5, 6]);
});

test('what was looked at does not change with what happens next', () => {
  const { statistics } = setUp();
  const before = statistics.view();
  const copy = structuredClone(before);
  statistics.statement(1, 'ok');
  statistics.acquired(1);
  expect(before).toEqual(copy);
});
