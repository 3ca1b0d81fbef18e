import fc from 'fast-check';
import { assess, INSTANCES_PER_CHECK } from '../../../src/scoring/assessment.js';
import { numberPenalty } from '../../../src/scoring/penalty.js';
import { mergeLevels } from '../../../src/scoring/policy.js';
import { evidenceOfReadings, levelFaults } from '../../../src/scoring/index.js';
import type { Reading } from '../../../src/scoring/readings/reading.js';
import { WorstReadings } from '../../../src/scoring/readings/worst-readings.js';
import {
  codes,
  evidence,
  numberRuleOf,
  numericCodes,
  policy,
  readingOf,
  shiftedLevels,
  twoPolicies,
} from './evidence.arbitrary.js';
import { always, judge, same, scoreOf } from './judged.js';

describe('overrides', () => {
  it('monotone: stricter levels never raise the score', () => {
    always(
      [evidence, twoPolicies],
      (shown, { stricter, laxer }) => scoreOf(judge(shown, stricter)) <= scoreOf(judge(shown, laxer)),
    );
  });

  it('saved ones stay in order, whatever of the levels they name, and so does the penalty', () => {
    const value = fc.double({ min: -1e4, max: 1e6, noNaN: true });
    always(
      [fc.constantFrom(...numericCodes), fc.nat(31), fc.double({ min: -1, max: 1, noNaN: true }), value, value],
      (code, mask, shift, a, b) => {
        const rule = numberRuleOf(code);
        const named = shiftedLevels(code, mask, shift);
        if (!rule || !named) return true;
        const merged = mergeLevels(rule, named);
        const sign = rule.worse === 'above' ? 1 : -1;
        const inOrder = (...levels: (number | null)[]) => {
          const set = levels.filter((level) => level !== null).map((level) => level * sign);
          return set.every((level, index) => index === 0 || (set[index - 1] ?? 0) <= level);
        };
        const [better, worse] = sign * a < sign * b ? [a, b] : [b, a];
        return (
          inOrder(merged.leave, merged.warning, merged.critical, merged.fail) &&
          inOrder(merged.leave, merged.critical_leave, merged.critical) &&
          numberPenalty(rule, better, merged) <= numberPenalty(rule, worse, merged)
        );
      },
    );
  });

  it('a check turned off neither scores nor finds', () => {
    always([evidence, fc.subarray(codes, { minLength: 1, maxLength: 8 })], (shown, off) => {
      const wanted = new Map(off.map((code) => [code, { enabled: false, source: 'tenant' }]));
      const without = { ...shown, readings: shown.readings.filter(({ code }) => !off.includes(code)) };
      const { score, deductions, findings } = judge(shown, wanted);
      const left = judge(without);
      return same([score, deductions, findings], [left.score, left.deductions, left.findings]);
    });
  });

  it('keeping the worst of very many parts only changes no verdict, under no policy', () => {
    const crowd = fc.constantFrom(...codes).chain((code) =>
      fc.array(fc.tuple(readingOf(code), fc.nat(50)), {
        minLength: INSTANCES_PER_CHECK + 2,
        maxLength: INSTANCES_PER_CHECK + 8,
      }),
    );
    always([crowd, policy], (shown, wanted) => {
      const all = shown.map(([reading, part]): Reading => ({ ...reading, instance: `part ${part}` }));
      const kept = new WorstReadings();
      for (const reading of all) kept.add(reading);
      const told = (readings: readonly Reading[]) =>
        assess(readings, wanted).map(({ key, penalty, hold }) => [key, penalty, hold]);
      return same(told(all), told(kept.readings));
    });
  });

  it('no wish to save levels makes it throw, and what has no faults is judged', () => {
    const wish = fc.dictionary(
      fc.constantFrom('leave', 'warning', 'critical_leave', 'critical', 'fail', 'criticalLeave', '__proto__'),
      fc.oneof(fc.double(), fc.integer({ min: -100, max: 200 }), fc.constantFrom(null, undefined, '90', [], {})),
    );
    always([fc.constantFrom(...codes), wish], (code, levels) => {
      const faults = levelFaults(code, levels);
      if (faults.length > 0) return faults.every(({ field, detail }) => field !== '' && detail !== '');
      const wanted = new Map([[code, { levels, source: 'tenant' }]]);
      const { score } = judge(evidenceOfReadings([{ code, value: 1 }]), wanted);
      return score === null || (score >= 0 && score <= 100);
    });
  });
});
