import fc from 'fast-check';
import { Segmenter, segmentsOf, type ScoredRow } from './index.js';

const THRESHOLD = 0.7;
const row = (at: number, score: number): ScoredRow => ({
  at,
  score,
  kind: score > 0.9 ? 'level_shift' : 'spike',
  expected: { low: score, high: 1 },
  contributors: [{ metric: `m${at}`, share: 1 }],
});
const quietly = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i, 0.1));

describe('rows above the threshold', () => {
  it('are one anomaly while few rows lie between them, told by the strangest of them', () => {
    const rows = [row(0, 0.2), row(1, 0.75), ...quietly(2, 12), row(14, 0.95), row(15, 0.8), ...quietly(16, 3)];
    expect(segmentsOf(rows, THRESHOLD)).toEqual([
      {
        start: 1,
        end: 15,
        peak_at: 14,
        score: 0.95,
        severity: 'critical',
        kind: 'level_shift',
        expected: { low: 0.95, high: 1 },
        contributors: [{ metric: 'm14', share: 1 }],
      },
    ]);
  });

  it('are two anomalies when more lie between them', () => {
    const anomalies = segmentsOf([row(0, 0.75), ...quietly(1, 13), row(14, 0.7)], THRESHOLD);
    expect(anomalies.map(({ start, end }) => [start, end])).toEqual([
      [0, 0],
      [14, 14],
    ]);
  });

  it.each([
    [0.7, 'info'],
    [0.79, 'info'],
    [0.81, 'warning'],
    [0.89, 'warning'],
    [0.91, 'critical'],
    [1, 'critical'],
  ] as const)('with a score of %d are %s', (score, severity) => {
    expect(segmentsOf([row(0, score)], THRESHOLD)[0]?.severity).toBe(severity);
  });

  it('give the same anomalies whether the stream is interrupted or not', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0.1, 0.1, 0.1, 0.72, 0.95)), fc.nat(), (scores, cut) => {
        const rows = scores.map((score, at) => row(at, score));
        const whole = new Segmenter(THRESHOLD);
        const first = new Segmenter(THRESHOLD);
        const at = cut % (rows.length + 1);
        const before = rows.slice(0, at).map((each) => first.observe(each));
        const second = new Segmenter(THRESHOLD, JSON.parse(JSON.stringify(first.open)) as typeof first.open);
        const after = rows.slice(at).map((each) => second.observe(each));
        expect([...before, ...after]).toEqual(rows.map((each) => whole.observe(each)));
      }),
    );
  });
});
