import fc from 'fast-check';
import { PROPERTY_RUNS } from '../../test/scoring/runs.js';
import { assess } from './assessment.js';
import type { NumberRule } from './checks/check.js';
import { checks, type CheckCode } from './checks/checks.js';
import { failureRateOf } from './checks/failure-rates.js';
import { levelsPenalty, numberPenalty, severityOf, thresholdOf } from './penalty.js';

const used = { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 };
const worn = { leave: 85, warning: 80, critical_leave: 55, critical: 50, fail: 20 };
const warningOnly = { leave: 0, warning: 10, critical_leave: null, critical: null, fail: 20 };
const ruleOf = (code: CheckCode): NumberRule => {
  const { rule } = checks[code];
  if (rule.kind === 'states') throw new Error(`${code} has states`);
  return rule;
};
const numeric = (Object.keys(checks) as CheckCode[]).filter((code) => checks[code].rule.kind !== 'states').map(ruleOf);
const penaltyOf = (rule: NumberRule, value: number) => numberPenalty(rule, value, rule.levels);

const pointsOnly = { leave: 0, warning: null, critical_leave: null, critical: null, fail: 20 };

describe('limits', () => {
  it.each([
    [0, 0],
    [80, 0],
    [85, 20],
    [90, 40],
    [94, 55],
    [98, 70],
    [99, 85],
    [100, 100],
    [1000, 100],
  ])('%d where more is worse costs %d', (value, penalty) => {
    expect(levelsPenalty('above', used, value)).toBeCloseTo(penalty, 10);
  });

  it.each([
    [100, 0],
    [85, 0],
    [82.5, 20],
    [80, 40],
    [65, 55],
    [50, 70],
    [35, 85],
    [20, 100],
    [-5, 100],
  ])('%d where less is worse costs %d', (value, penalty) => {
    expect(levelsPenalty('below', worn, value)).toBeCloseTo(penalty, 10);
  });

  it('are never critical without a critical level, and never a warning without that', () => {
    expect(severityOf(levelsPenalty('above', warningOnly, 1e12))).toBe('warning');
    expect(severityOf(levelsPenalty('above', pointsOnly, 1e12))).toBeNull();
  });

  it('name the one that was crossed, or the one where a finding would begin', () => {
    const threshold = (value: number) => thresholdOf(used, levelsPenalty('above', used, value));
    expect([85, 90, 97, 98, 100].map(threshold)).toEqual([90, 90, 90, 98, 98]);
  });
});

describe('failure-rate buckets', () => {
  const buckets = [
    { upTo: 2, annualFailureRate: 0.3 },
    { upTo: 6, annualFailureRate: 0.2 },
    { upTo: 16, annualFailureRate: 0.9 },
  ];

  it.each([
    [1, 0.3],
    [2, 0.3],
    [3, 0.3],
    [7, 0.9],
    [16, 0.9],
    [1e9, 0.9],
  ])('%d errors fall into (low, high], the last one open-ended, never below a rate before: %d', (value, rate) => {
    expect(failureRateOf(buckets, value)).toBe(rate);
  });

  it('cost nothing at zero, also where the observed rate of zero is not', () => {
    for (const rule of numeric.filter(({ kind }) => kind === 'buckets')) expect(penaltyOf(rule, 0)).toBe(0);
  });

  // mission.md §4.4, with the edges of every bucket.
  it.each([
    ['SMART_5', [1, 4], null],
    ['SMART_5', [5, 16], 'warning'],
    ['SMART_5', [17, 70, 71, 260, 1100, 70_000, 1e9], 'critical'],
    ['SMART_10', [1, 80, 81, 1e6], 'critical'],
    ['SMART_187', [1, 2, 3, 120, 1e6], 'critical'],
    ['SMART_188', [1, 100], null],
    ['SMART_188', [101, 13e9, 2 ** 47], 'critical'],
    ['SMART_197', [1, 2, 3, 5, 6, 7, 16, 40, 41, 1e6], 'critical'],
    ['SMART_198', [1, 2, 3, 16, 17, 1e6], 'critical'],
    ['SMART_199', [1], null],
    ['SMART_199', [2, 3, 16], 'warning'],
    ['SMART_199', [17, 260, 1e6], 'critical'],
  ] as const)('%s at %j is %s', (code, values, severity) => {
    expect(values.map((value) => severityOf(penaltyOf(ruleOf(code), value)))).toEqual(values.map(() => severity));
  });
});

it('never falls as the value of a check gets worse', () => {
  const value = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.integer({ min: -10, max: 200 }),
    fc.nat(40),
    fc.nat(2 ** 31 - 1),
  );
  fc.assert(
    fc.property(fc.constantFrom(...numeric), value, value, (rule, a, b) => {
      const direction = rule.worse === 'below' ? -1 : 1;
      const [better, worse] = [a, b].sort((x, y) => (x - y) * direction);
      const [less, more] = [penaltyOf(rule, better ?? 0), penaltyOf(rule, worse ?? 0)];
      return 0 <= less && less <= more && more <= 100;
    }),
    { numRuns: PROPERTY_RUNS },
  );
});

it.each(['passed', 'constructor', '__proto__', 'toString', 'nonsense', 3])(
  'knows no penalty for a state like %p but its own',
  (value) => {
    const judged = assess([{ code: 'SMART_STATUS', value }]);
    expect(judged.map(({ penalty }) => penalty)).toEqual(value === 'passed' ? [0] : []);
  },
);
