import type { Levels, NumberRule } from './checks/check.js';
import { checks, type CheckCode } from './checks/checks.js';
import { mergeLevels } from './policy.js';

/** What is wrong with one level that somebody wants to save. */
export interface LevelFault {
  field: string;
  detail: string;
}

/** In each row every level lies where things are no better than at the one before it. */
const orders = [
  ['leave', 'warning', 'critical', 'fail'],
  ['leave', 'critical_leave', 'critical'],
] as const satisfies (keyof Levels)[][];

const fields: readonly string[] = [...new Set(orders.flat())];

/** Levels that a check cannot do without. */
const needed = new Set<keyof Levels>(['leave', 'fail']);

const isLevel = (field: string): field is keyof Levels => fields.includes(field);

/**
 * Why these levels, laid over the defaults of the check, would not do; empty when they would. In the direction in which
 * the check gets worse: leave ≤ warning ≤ critical ≤ fail, critical_leave between leave and critical, each a number that
 * the metric can have.
 */
export function levelFaults(code: CheckCode, partial: Readonly<Record<string, unknown>>): LevelFault[] {
  const { rule, unit } = checks[code];
  if (rule.kind === 'states') {
    return Object.keys(partial).map((field) => ({
      field,
      detail: `${code} is judged by its state: it has no levels, it can only be turned off`,
    }));
  }
  const [min, max] = rule.range;
  const faults = Object.entries(partial).flatMap(([field, value]): LevelFault[] => {
    if (!isLevel(field)) return [{ field, detail: `is not a level; levels are ${fields.join(', ')}` }];
    if (value === undefined) return [];
    if (value === null) return needed.has(field) ? [{ field, detail: 'must be a number' }] : [];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [{ field, detail: 'must be a finite number' }];
    if (value < min || value > max) return [{ field, detail: `must lie between ${min} and ${max} ${unit}` }];
    return [];
  });
  if (faults.length > 0) return faults;

  const named = (field: keyof Levels) => typeof partial[field] === 'number';
  if (named('critical_leave') && mergeLevels(rule, partial).critical === null) {
    return [{ field: 'critical_leave', detail: `${code} has no critical level to leave: name critical as well` }];
  }
  return orderFaults(rule, partial);
}

function orderFaults(rule: NumberRule, partial: Partial<Levels>): LevelFault[] {
  const { worse } = rule;
  const merged = mergeLevels(rule, partial);
  const isDefault = (field: keyof Levels) => partial[field] === undefined;
  const say = (field: keyof Levels) => `${field} (${merged[field]}${isDefault(field) ? ', the default' : ''})`;
  return orders.flatMap((order) => {
    const set = order.filter((field) => merged[field] !== null);
    return set.flatMap((next, index) => {
      const before = set[index - 1];
      if (before === undefined || isNoWorse(worse, merged[before] ?? 0, merged[next] ?? 0)) return [];
      // One of both was named: the defaults are in order.
      const field = isDefault(next) ? before : next;
      return [{ field, detail: `${say(before)} must not lie ${worse} ${say(next)}` }];
    });
  });
}

const isNoWorse = (worse: NumberRule['worse'], a: number, b: number) => (worse === 'above' ? a <= b : a >= b);
