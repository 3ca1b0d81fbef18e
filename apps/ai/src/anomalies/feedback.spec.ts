import { refutationsInForce, thresholdFor, type Judgement } from './feedback.js';

const DAY_MS = 86_400_000;
const judged = (changes: Partial<Judgement> = {}): Judgement => ({
  detector: 'value',
  side: 1,
  size: 10,
  verdict: 'false_positive',
  at: 0,
  ...changes,
});
const row = (size: number, changes: { side?: -1 | 0 | 1; at?: number } = {}) => ({
  detector: 'value' as const,
  side: 1 as const,
  size,
  at: 0,
  ...changes,
});

describe('what people called false', () => {
  it('is normal as far out as it was, on its side alone', () => {
    expect(thresholdFor(row(10), 0.8, [judged()])).toBe(Infinity);
    expect(thresholdFor(row(10, { side: -1 }), 0.8, [judged()])).toBe(0.8);
    expect(thresholdFor(row(10), 0.8, [judged({ detector: 'drift' })])).toBe(0.8);
  });

  it('raises the threshold by a step up to twice as far out, and by three at most', () => {
    expect(thresholdFor(row(15), 0.8, [judged()])).toBeCloseTo(0.9, 9);
    expect(thresholdFor(row(15), 0.8, [judged(), judged()])).toBeCloseTo(0.95, 9);
    expect(thresholdFor(row(15), 0.8, Array(20).fill(judged()))).toBeCloseTo(0.975, 9);
  });

  it('never hides what is more than twice as far out, however often it was said', () => {
    expect(thresholdFor(row(20.1), 0.8, Array(200).fill(judged()))).toBe(0.8);
  });

  it('fades: half of a step after 30 days, and forgotten after 90', () => {
    expect(thresholdFor(row(15, { at: 30 * DAY_MS }), 0.8, [judged()])).toBeCloseTo(1 - 0.2 * 0.5 ** 0.5, 9);
    expect(refutationsInForce([judged()], 89 * DAY_MS)).toHaveLength(1);
    expect(refutationsInForce([judged()], 91 * DAY_MS)).toHaveLength(0);
  });

  it('is taken back by a confirmation of the same side, in whatever order they are read', () => {
    const said = [judged({ at: 3, verdict: 'confirmed' }), judged({ at: 1 }), judged({ at: 2, size: 99 })];
    expect(refutationsInForce(said, 4)).toEqual([judged({ at: 1 })]);
    expect(refutationsInForce([judged(), judged({ at: 1, verdict: 'confirmed', side: -1 })], 2)).toHaveLength(1);
  });
});
