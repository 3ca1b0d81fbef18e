import type { Severity } from '@techze/contracts';
import type { Levels } from './checks/check.js';
import { checks } from './checks/checks.js';
import { BELOW_CRITICAL, heldSeverity, numberPenalty, PENALTY, severityOf } from './penalty.js';
import { mergeLevels, type CheckOverride } from './policy.js';
import type { Reading } from './readings/reading.js';

/** How heavily a reading weighs, and by which limits. */
export interface Weight {
  /** 0..100. */
  penalty: number;
  /** Tells values of equal penalty apart: the higher, the worse. */
  badness: number;
  /** Those in force; a check of states has none. */
  levels: Levels | null;
  /** The heaviest penalty that it may give. */
  most: number;
}

/** null when the check is off, or the value says nothing to it (an unknown state, a text for a number). */
export function weigh(reading: Reading, override?: CheckOverride): Weight | null {
  if (override?.enabled === false) return null;
  const { value, at_most = Infinity } = reading;
  const { rule } = checks[reading.code];
  if (rule.kind === 'states') {
    const known = typeof value === 'string' && Object.hasOwn(rule.penalties, value) ? rule.penalties[value] : undefined;
    return known === undefined
      ? null
      : { penalty: Math.min(known, at_most), badness: known, levels: null, most: at_most };
  }
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  const levels = override?.levels ? mergeLevels(rule, override.levels) : (reading.limits ?? rule.levels);
  // What is held below critical is held against the usual critical level: who names another one means it.
  const most = at_most === BELOW_CRITICAL && typeof override?.levels?.critical === 'number' ? Infinity : at_most;
  return {
    penalty: Math.min(numberPenalty(rule, value, levels), most),
    badness: rule.worse === 'below' ? -value : value,
    levels,
    most,
  };
}

/** The highest severity at which a finding that is open already stays: never below the one that is entered. */
export function heldBy({ penalty, levels, most }: Weight, { code, value }: Reading): Severity | null {
  const entered = severityOf(penalty);
  const { rule } = checks[code];
  if (entered === 'critical' || rule.kind === 'states' || !levels || typeof value !== 'number') return entered;
  const held = heldSeverity(rule.worse, levels, value);
  if (held === 'critical' && most >= PENALTY.critical) return held;
  return entered ?? (held && most >= PENALTY.warning ? 'warning' : null);
}
