import type { Deduction } from '@techze/contracts';
import type { CheckCode, CheckOverride, Observation, ScoredDeduction } from '../scoring/index.js';
import { explainDifferences } from './explain-differences.js';

const evidence = { metric: 'disk.used_ratio', instance: '/', value: 95, unit: '%', threshold: 90, source: 'Netdata' };
const judged = (points: number, changes: Partial<Deduction['evidence']> = {}, code = 'FS_USED') => ({
  finding_id: null,
  code,
  points,
  evidence: { ...evidence, ...changes },
  fix: 'Free space.',
});

interface Case {
  readonly then?: readonly Deduction[];
  readonly now?: readonly Deduction[];
  /** As it is judged now, where that is not what it lost points to. */
  readonly observed?: Partial<Deduction['evidence']>;
  readonly version?: string;
  readonly override?: CheckOverride;
}

function explain({ then = [], now = [], observed, version = '1.1.0', override }: Case) {
  const seen = observed ?? now.find(({ code }) => code === 'FS_USED')?.evidence;
  const observation = { key: 'FS_USED:/', code: 'FS_USED', evidence: { ...evidence, ...seen } } as Observation;
  return explainDifferences(
    { scoring_version: '1.0.0', deductions: then },
    {
      scoring: {
        scoring_version: version,
        deductions: now.map((deduction): ScoredDeduction => ({ key: null, ...deduction })),
        observations: seen ? [observation] : [],
      },
      policy: new Map<CheckCode, CheckOverride>(override ? [['FS_USED', override]] : []),
    },
  );
}
const reason = (given: Case) => explain(given)[0]?.reason;

describe('why a score differs', () => {
  it('nothing is said of what lost the same', () => {
    expect(explain({ then: [judged(10)], now: [judged(10)] })).toEqual([]);
  });

  it.each<[string, Case, string]>([
    [
      'a check that was switched off',
      { then: [judged(10)], override: { enabled: false, source: 'override thr_1' } },
      'The check is switched off by override thr_1.',
    ],
    [
      'a threshold that was moved',
      {
        then: [judged(10)],
        now: [judged(5, { threshold: 94, source: 'override thr_1' })],
        override: { levels: { warning: 94 }, source: 'override thr_1' },
      },
      'An override changed: the threshold is 94 (override thr_1) now, it was 90 (Netdata).',
    ],
    [
      'a threshold that is new',
      { now: [judged(5, { threshold: 94, source: 'o' })], override: { levels: { warning: 94 }, source: 'o' } },
      'An override is in force that was not: the threshold is 94 (o) now.',
    ],
    [
      'an override that is no longer',
      { version: '1.0.0', then: [judged(10, { threshold: 70, source: 'o' })], observed: {} },
      'An override that was in force then is no longer: the threshold is 90 (Netdata) now.',
    ],
    [
      'a rule that changed',
      { then: [judged(10, { threshold: 80 })], now: [judged(5)] },
      'The rule changed from scoring 1.0.0 to 1.1.0: the threshold is 90 (Netdata) now, it was 80 (Netdata).',
    ],
    [
      'a rule that is new',
      { now: [judged(5)] },
      'Scoring 1.1.0 judges it by 90 (Netdata); scoring 1.0.0 lost no point to it.',
    ],
    ['a rule that is gone', { then: [judged(5)] }, 'Scoring 1.1.0 does not judge this any more.'],
    [
      'evidence that is read otherwise',
      { then: [judged(5, { value: 93 })], now: [judged(10)] },
      'Scoring 1.1.0 reads 95 where scoring 1.0.0 read 93.',
    ],
    [
      'other weights',
      { then: [judged(5)], now: [judged(10)] },
      'Scoring 1.1.0 weighs it otherwise than scoring 1.0.0 did.',
    ],
    [
      'other neighbours',
      { version: '1.0.0', then: [judged(5)], now: [judged(10)] },
      'The fault is the same; it weighs otherwise because other parts of the score changed.',
    ],
    ['a cap that came', { now: [judged(5, {}, 'CAP_CRITICAL')] }, 'This limit applies now; it did not then.'],
    [
      'a cap that went',
      { then: [judged(5, {}, 'CAP_CRITICAL')] },
      'This limit takes nothing any more: what brought it about is judged otherwise, or other deductions take more.',
    ],
    [
      'a cap that takes another share',
      { then: [judged(5, {}, 'CAP_CRITICAL')], now: [judged(7, { instance: '/home' }, 'CAP_CRITICAL')] },
      'The limit is the same; it takes what the other deductions leave above it.',
    ],
  ])('%s', (_what, given, expected) => {
    expect(reason(given)).toBe(expected);
  });

  it('tells the parts of a machine apart, the heaviest difference first', () => {
    const then = [judged(3, { instance: '/a' }), judged(20, { instance: '/b' })];
    expect(explain({ then, version: '1.0.0' }).map(({ key }) => key)).toEqual(['FS_USED:/b', 'FS_USED:/a']);
  });
});
