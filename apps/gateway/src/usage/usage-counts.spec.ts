import { QuantileSketch } from '@techze/sketch';
import { UsageCounts, type Outcome, type UsagePart } from './usage-counts.js';

const MINUTE = Date.parse('2026-11-22T08:00:00Z');
const at = (seconds: number) => MINUTE + seconds * 1_000;
const answered = (status: number, elapsedMs = 10): Outcome => ({ status, elapsedMs, aborted: false });

/** What there is to write; the same again unless it `isWritten`. */
function take(counts: UsageCounts, { isWritten = true, now = at(0) } = {}): UsagePart[] {
  const taken: UsagePart[] = [];
  for (const { parts, written } of counts.unwritten(2, now)) {
    taken.push(...parts);
    if (isWritten) written();
  }
  return taken;
}

describe('usage counts', () => {
  let counts: UsageCounts;
  beforeEach(() => {
    counts = new UsageCounts(5);
  });

  it('tell errors of callers, refusals of limits, errors of ours and callers who went away apart', () => {
    for (const status of [200, 201, 304, 400, 404, 422, 429, 429, 500, 503])
      counts.count('tnt_a', 'GET', '/x', answered(status), at(0));
    counts.count('tnt_a', 'GET', '/x', { status: 200, aborted: true }, at(0));
    expect(take(counts)).toEqual([
      expect.objectContaining({
        ...{ tenantId: 'tnt_a', method: 'GET', route: '/x', minute: '2026-11-22T08:00:00.000Z' },
        ...{ requests: 11, client_errors: 3, rejected: 2, server_errors: 2, aborted: 1, timed: 10 },
      }),
    ]);
  });

  it('time what was answered: sum, least, most, and their distribution', () => {
    for (const ms of [5, 20, 80]) counts.count('tnt_a', 'GET', '/x', answered(200, ms), at(0));
    counts.count('tnt_a', 'GET', '/x', { status: 200, aborted: false }, at(0)); // a stream
    const [part] = take(counts);
    expect(part).toMatchObject({ requests: 4, timed: 3, total_ms: 105, min_ms: 5, max_ms: 80 });
    expect(QuantileSketch.fromBytes(part!.sketch).quantile(0.5)).toBeCloseTo(20, 0);
  });

  it('have no times where nothing was timed', () => {
    counts.count('tnt_a', 'GET', '/x', { status: 200, aborted: true }, at(0));
    expect(take(counts)).toEqual([expect.objectContaining({ timed: 0, total_ms: 0, min_ms: null, max_ms: null })]);
  });

  it('keep tenants, methods, routes and minutes apart, by the clock to the millisecond', () => {
    counts.count('tnt_a', 'GET', '/x', answered(200), at(59.999));
    counts.count('tnt_a', 'GET', '/x', answered(200), at(60));
    counts.count('tnt_b', 'GET', '/x', answered(200), at(60));
    counts.count('tnt_a', 'PUT', '/x', answered(200), at(60));
    counts.count('tnt_a', 'GET', '/y', answered(200), at(60));
    const parts = take(counts, { now: at(60) });
    expect(parts.map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1]);
    expect(parts.map(({ minute }) => minute.slice(14, 16))).toEqual(['00', '01', '01', '01', '01']);
  });

  it('show a part again, whole and under the same name, when more came to it, and only then', () => {
    counts.count('tnt_a', 'GET', '/x', answered(200), at(0));
    const [first] = take(counts);
    expect(take(counts)).toEqual([]);
    counts.count('tnt_a', 'GET', '/x', answered(200), at(1));
    expect(take(counts)).toEqual([expect.objectContaining({ part: first!.part, requests: 2 })]);
  });

  it('show again what could not be written, in its own minute, however late', () => {
    counts.count('tnt_a', 'GET', '/x', answered(200), at(0));
    take(counts, { isWritten: false });
    counts.count('tnt_a', 'GET', '/x', answered(200), at(3_600));
    const parts = take(counts, { now: at(3_600) });
    expect(parts.map(({ minute, requests }) => [minute, requests])).toEqual([
      ['2026-11-22T08:00:00.000Z', 1],
      ['2026-11-22T09:00:00.000Z', 1],
    ]);
  });

  it('do not lose what is counted while it is being written', () => {
    counts.count('tnt_a', 'GET', '/x', answered(200), at(0));
    for (const { written } of counts.unwritten(2, at(60))) {
      counts.count('tnt_a', 'GET', '/x', answered(200), at(59));
      written();
    }
    expect(take(counts, { now: at(60) })).toEqual([expect.objectContaining({ requests: 2 })]);
  });

  it('never write over what was written, when the clock goes back into a minute that is over', () => {
    counts.count('tnt_a', 'GET', '/x', answered(200), at(0));
    const [first] = take(counts, { now: at(60) });
    counts.count('tnt_a', 'GET', '/x', answered(200), at(60));
    counts.count('tnt_a', 'GET', '/x', answered(200), at(30));
    const again = take(counts, { now: at(60) }).find(({ minute }) => minute === first!.minute);
    expect(again).toMatchObject({ requests: 1 });
    expect(again!.part).not.toBe(first!.part);
  });

  it('are as many as there is room for: what would be one more is refused, until some are written', () => {
    for (let nth = 0; nth < 5; nth += 1)
      expect(counts.count(`tnt_${nth}`, 'GET', '/x', answered(200), at(0))).toBe(true);
    expect(counts.count('tnt_5', 'GET', '/x', answered(200), at(0))).toBe(false);
    expect(counts.count('tnt_4', 'GET', '/x', answered(200), at(0))).toBe(true);
    take(counts, { isWritten: false, now: at(60) });
    expect(counts.count('tnt_5', 'GET', '/x', answered(200), at(60))).toBe(false);
    take(counts, { now: at(60) });
    expect(counts.count('tnt_5', 'GET', '/x', answered(200), at(60))).toBe(true);
  });
});
