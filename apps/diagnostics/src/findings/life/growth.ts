import { checks, isCheckCode } from '../../scoring/index.js';
import type { Value } from './life.js';

/** How much of the way from `leave` to `fail` a gauge has to go before it counts as another value. */
const NOTICEABLE_PART = 0.05;

/**
 * By how much a number has to move to be another one. A counter (SMART sectors, errors, crashes) by anything at all: it
 * never wobbles. A gauge (%, °C, ms) wobbles from diagnostic to diagnostic: by 5 % of the way from where its check ends a
 * finding to where it is as bad as it gets, e.g. 1 point of disk use, 1.75 °C of a disk, 3.25 points of battery health.
 */
export function noticeable(code: string): number {
  const rule = isCheckCode(code) ? checks[code].rule : undefined;
  if (rule?.kind !== 'levels' || isCounter(rule.range)) return Number.MIN_VALUE;
  return Math.abs(rule.levels.fail - rule.levels.leave) * NOTICEABLE_PART;
}

/** A counter's range has no end. */
function isCounter([, most]: readonly [number, number]): boolean {
  return most >= Number.MAX_SAFE_INTEGER;
}

/** Whether a value is worse than another, by the direction of its check. What cannot be compared is not worse. */
export function isWorse(code: string, value: Value, than: Value): boolean {
  const rule = isCheckCode(code) ? checks[code].rule : undefined;
  if (!rule) return false;
  if (rule.kind === 'states') return (rule.penalties[String(value)] ?? 0) > (rule.penalties[String(than)] ?? 0);
  if (typeof value !== 'number' || typeof than !== 'number') return false;
  return (rule.worse === 'above' ? value - than : than - value) >= noticeable(code);
}
