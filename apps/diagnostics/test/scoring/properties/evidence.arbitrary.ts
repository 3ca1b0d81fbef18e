import fc from 'fast-check';
import type { Levels, NumberRule } from '../../../src/scoring/checks/check.js';
import { checks, type CheckCode } from '../../../src/scoring/checks/checks.js';
import { evidenceOfReadings, type Evidence } from '../../../src/scoring/evidence.js';
import { levelFaults } from '../../../src/scoring/level-faults.js';
import { BELOW_CRITICAL } from '../../../src/scoring/penalty.js';
import type { CheckOverride } from '../../../src/scoring/policy.js';
import type { Reading } from '../../../src/scoring/readings/reading.js';

export const codes = Object.keys(checks) as CheckCode[];

export const numberRuleOf = (code: CheckCode): NumberRule | null => {
  const { rule } = checks[code];
  return rule.kind === 'states' ? null : rule;
};
export const numericCodes = codes.filter((code) => numberRuleOf(code) !== null);

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Where a number lies: on a level, about the levels, or far out. */
const place = fc.tuple(fc.nat(9), unit);

function numberAt({ levels, range, kind }: NumberRule, [mode, u]: [number, number]): number {
  const named = Object.values(levels).filter((level: number | null) => level !== null);
  const span = Math.min(levels.fail, levels.leave + 1000) - levels.leave;
  const free = mode < 3 ? (named[Math.floor(u * named.length)] ?? 0) : levels.leave + (u * 2 - 0.5) * span;
  const value = mode === 9 ? range[0] + u * (range[1] - range[0]) : free;
  const whole = kind === 'buckets' || mode % 2 === 0 ? Math.round(value) : value;
  return Math.min(range[1], Math.max(range[0], whole));
}

/** Limits of a device: the check's own, shifted. */
function limitsAt({ worse, levels }: NumberRule, u: number): Levels {
  const shift = (worse === 'above' ? -1 : 1) * Math.abs(levels.leave || 10) * (u - 0.5);
  const moved = (level: number | null) => (level === null ? null : level + shift);
  return {
    leave: levels.leave + shift,
    warning: moved(levels.warning),
    critical_leave: moved(levels.critical_leave),
    critical: moved(levels.critical),
    fail: levels.fail + shift,
  };
}

const instances = ['a', 'b', 'c', 'd', 'e'];

/** One reading of any check, at any place, as any reader might give it. */
export const readingOf = (code: CheckCode): fc.Arbitrary<Reading> =>
  fc.tuple(place, fc.nat(9), fc.nat(9), unit).map(([at, which, held, u]): Reading => {
    const { rule, part } = checks[code];
    const states = rule.kind === 'states' ? Object.keys(rule.penalties) : [];
    const instance = part ? instances[which % instances.length] : undefined;
    const ownLimits = rule.kind === 'levels' && held === 9;
    return {
      code,
      value: rule.kind === 'states' ? (states[Math.floor(at[1] * states.length)] ?? '') : numberAt(rule, at),
      ...(instance !== undefined && { instance }),
      ...(held < 2 && { at_most: held === 0 ? 0 : BELOW_CRITICAL }),
      ...(ownLimits && { limits: limitsAt(rule, u), source: 'its own limits' }),
    };
  });

export const reading: fc.Arbitrary<Reading> = fc.constantFrom(...codes).chain(readingOf);

/** What any machine might show: readings of all kinds, some of them twice. */
export const readings: fc.Arbitrary<Reading[]> = fc.array(reading, { maxLength: 16, size: 'medium' });

export const evidence: fc.Arbitrary<Evidence> = readings.map(evidenceOfReadings);

/** Valid levels of a check: some of its own, shifted by so much of their distance; negative is stricter. */
export function shiftedLevels(code: CheckCode, mask: number, shift: number): Partial<Levels> | null {
  const rule = numberRuleOf(code);
  if (!rule) return null;
  const { levels, worse, range, kind } = rule;
  const distance =
    kind === 'buckets' ? 20 : Math.abs((levels.critical ?? levels.warning ?? levels.fail) - levels.leave);
  const by = (worse === 'above' ? 1 : -1) * shift * (distance || 10);
  const moved: Partial<Levels> = {};
  for (const [index, field] of (['leave', 'warning', 'critical_leave', 'critical', 'fail'] as const).entries()) {
    const level = levels[field];
    if (level === null || !(mask & (1 << index))) continue;
    const value = Math.min(range[1], Math.max(range[0], level + by));
    moved[field] = kind === 'buckets' ? Math.round(value) : value;
  }
  return levelFaults(code, { ...moved }).length === 0 ? moved : null;
}

const shift = fc.double({ min: -1, max: 1, noNaN: true });

/** What a tenant might want of some checks. */
export const policy: fc.Arbitrary<Map<CheckCode, CheckOverride>> = fc
  .array(fc.tuple(fc.constantFrom(...codes), fc.nat(31), shift, fc.nat(5)), { maxLength: 12 })
  .map(
    (wishes) =>
      new Map(
        wishes.map(([code, mask, by, off]): [CheckCode, CheckOverride] => {
          const levels = shiftedLevels(code, mask, by);
          return [code, { source: 'tenant', ...(levels && { levels }), ...(off === 0 && { enabled: false }) }];
        }),
      ),
  );

/** A check that is judged more and less strictly: the same levels, one of both nearer to what is good. */
export const twoPolicies = fc
  .array(fc.tuple(fc.constantFrom(...numericCodes), fc.nat(31), shift, shift), { minLength: 1, maxLength: 12 })
  .map((wishes) => {
    const stricter = new Map<CheckCode, CheckOverride>();
    const laxer = new Map<CheckCode, CheckOverride>();
    for (const [code, mask, a, b] of wishes) {
      const strict = shiftedLevels(code, mask, Math.min(a, b));
      const lax = shiftedLevels(code, mask, Math.max(a, b));
      if (!strict || !lax) continue;
      stricter.set(code, { source: 'tenant', levels: strict });
      laxer.set(code, { source: 'tenant', levels: lax });
    }
    return { stricter, laxer };
  });
