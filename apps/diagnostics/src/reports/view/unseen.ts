import type { Health } from '@techze/contracts';
import type { SectionFacts } from '../report-facts.js';
import { printable } from './printable.js';
import type { Bounded, Unseen, Why } from './report-view.js';

const UNSEEN_SHOWN = 12;
const SAID_MAX_CHARS = 80;

/** `thermal: denied`, as scoring words it. */
const SECTION_REASON = /^(\w+): (unavailable|denied|timeout|error|no usable value)$/;

const wholeReasons: Readonly<Record<string, Why>> = { 'no battery': 'no_battery', 'not collected': 'not_collected' };

/** Why a category has no score: scoring's words as a key, with the section that they blame. */
export function whyOf(reason: string): { why: Why; section: string | null } {
  const whole = Object.hasOwn(wholeReasons, reason) ? wholeReasons[reason] : undefined;
  if (whole) return { why: whole, section: null };
  const [, section = null, status] = SECTION_REASON.exec(reason) ?? [];
  if (status) return { why: status === 'no usable value' ? 'no_usable_value' : (status as Why), section };
  if (reason.startsWith('schema ')) return { why: 'future_schema', section: null };
  return { why: { said: printable(reason, SAID_MAX_CHARS) }, section: null };
}

/** The categories without a score, then whatever else could not be read. */
export function unseenOf(health: Health | null, sections: readonly SectionFacts[]): Bounded<Unseen> {
  const blind = (health?.categories ?? [])
    .filter(({ score }) => score === null)
    .map(({ name, reason }) => ({ part: name, ...whyOf(reason ?? '') }));
  const told = new Set(blind.flatMap(({ part, section }) => (section === null ? [part] : [part, section])));
  const unread = sections
    .filter(({ name, status }) => status !== 'ok' && !told.has(name))
    .map(({ name, status }): Unseen => ({ part: printable(name, SAID_MAX_CHARS), why: status as Why }));
  const all = [...blind.map(({ part, why }): Unseen => ({ part, why })), ...unread];
  return { shown: all.slice(0, UNSEEN_SHOWN), more: Math.max(0, all.length - UNSEEN_SHOWN) };
}
