import type { Judgement } from './feedback.js';
import { Replay } from './replay.js';
import type { DetectedRow } from './strange-row.js';

const HOUR_MS = 3_600_000;
const row = (hour: number, score: number, changes: Partial<DetectedRow> = {}): DetectedRow => ({
  detector: 'value',
  at: hour * HOUR_MS,
  kind: 'spike',
  score,
  value: 75,
  expected: { low: 40, high: 55 },
  size: 20,
  side: 1,
  ...changes,
});
const refuted: Judgement = { detector: 'value', side: 1, size: 20, verdict: 'false_positive', at: 0 };
const fired = (rows: readonly DetectedRow[], threshold = 0.8, refutations: readonly Judgement[] = []) => {
  const replay = new Replay(threshold, refutations, 0);
  for (const each of rows) replay.take(each);
  return replay.fired;
};

describe('a replay', () => {
  it('fires where the threshold is reached, once for rows that belong together', () => {
    const rows = [row(0, 0.79), row(1, 0.8), row(2, 0.1), row(3, 0.95, { value: 91 }), row(4, 0.9)];
    expect(fired(rows)).toMatchObject([
      { start_at: new Date(HOUR_MS), end_at: new Date(4 * HOUR_MS), samples: 3, score: 0.95, value: 91 },
    ]);
    expect(fired(rows, 0.96)).toEqual([]);
  });

  it('ends one after twelve quiet rows, and the next is another', () => {
    const quiet = (from: number, count: number) => Array.from({ length: count }, (_, hour) => row(from + hour, 0));
    expect(fired([row(0, 0.9), ...quiet(1, 12), row(13, 0.9)])).toHaveLength(1);
    expect(fired([row(0, 0.9), ...quiet(1, 13), row(14, 0.9)])).toMatchObject([{ state: 'closed' }, { state: 'open' }]);
  });

  it('judges silence by its own threshold whatever the setting, and keeps it apart', () => {
    const silence = (hour: number, score: number) => row(hour, score, { detector: 'silence', kind: 'flatline' });
    expect(fired([silence(0, 0.49)], 0.1)).toEqual([]);
    expect(fired([silence(0, 0.5), row(0, 0.99)], 0.98).map(({ kind }) => kind)).toEqual(['flatline', 'spike']);
  });

  it('fires nothing that people called normal, and everything much larger', () => {
    expect(fired([row(0, 0.99)], 0.8, [refuted])).toEqual([]);
    expect(fired([row(0, 0.99, { size: 41 })], 0.8, [refuted])).toHaveLength(1);
    expect(fired([row(0, 0.99, { side: -1 })], 0.8, [refuted])).toHaveLength(1);
  });
});
