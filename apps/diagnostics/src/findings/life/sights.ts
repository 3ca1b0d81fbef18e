import { announce } from './announce.js';
import { steadied } from './flapping.js';
import { isWorse } from './growth.js';
import { stateBefore, type Around, type Life, type Step, type Word } from './life.js';
import { after, type Happening } from './next-state.js';
import { higher, isHigher, lower } from './severities.js';

/** What a diagnostic's word makes of a finding; of one that is not known yet, begin with `unborn`. */
export function see(before: Life, word: Word, around: Around): Step {
  const known = steadied(before, around.at);
  const severity = severityAfter(known, word);
  const happening = happeningOf(known, word, severity, around.now);
  const state = after(known.state, happening);
  const same = word.kind !== 'entered' && state === known.state && severity === known.severity;
  const life = same ? known : { ...settled({ ...seen(known, word, around.at), state }, known, around.at), severity };
  return announce({ before, life, happening, ...(word.kind === 'cleared' && { cause: word.reason }) }, around);
}

/**
 * A sight that is older than what is known (uploads come in any order): it counts, and no more. A finding that only such
 * sights show is known as resolved since the newest diagnostic, which no longer shows it.
 */
export function count(before: Life, at: Date, newest: Date): Step {
  const born = before.occurrences === 0;
  const life = { ...counted(before, at), ...(born && { resolved_at: newest }) };
  return { life, transition: born ? { from: stateBefore(before), reason: 'late' } : null, news: null, muted: null };
}

/** An acknowledgement ends when what it knew of is no longer all there is, or when its time is up. */
function happeningOf(known: Life, word: Word, severity: Life['severity'], now: Date): Happening {
  const { acknowledgement, code } = known;
  if (known.state !== 'acknowledged' || !acknowledgement || word.kind === 'cleared') return word.kind;
  const { rule, baseline, expires_at } = acknowledgement;
  const worse = isHigher(severity, baseline.severity) || isWorse(code, word.value, baseline.value);
  if (rule === 'grows' && worse) return 'grew';
  return expires_at !== null && Date.parse(expires_at) <= now.getTime() ? 'expired' : word.kind;
}

/** Hysteresis: what is open falls only as far as its `hold` lets it. */
function severityAfter({ state, severity }: Life, word: Word): Life['severity'] {
  const unresolved = state === 'open' || state === 'acknowledged' || state === 'suppressed';
  switch (word.kind) {
    case 'entered':
      return unresolved ? higher(word.severity, lower(severity, word.hold)) : word.severity;
    case 'held':
      return unresolved ? lower(severity, word.hold) : severity;
    case 'cleared':
      return severity;
  }
}

function seen(known: Life, word: Word, at: Date): Life {
  if (word.kind !== 'entered') return known;
  const opened_at = known.state === 'resolved' ? at : known.opened_at;
  return { ...counted(known, at), consecutive: known.consecutive + 1, opened_at };
}

function counted(life: Life, at: Date): Life {
  return {
    ...life,
    occurrences: life.occurrences + 1,
    first_seen: life.first_seen < at ? life.first_seen : at,
    last_seen: life.last_seen > at ? life.last_seen : at,
  };
}

/** What a state takes with it when it ends, and what resolving leaves behind. */
export function settled(life: Life, before: Life, at: Date): Life {
  if (life.state === before.state) return life;
  const resolved = life.state === 'resolved';
  // Acknowledged, it is resolved in silence: who knew of it is told again only when it comes back.
  const silent = resolved && before.state === 'acknowledged';
  return {
    ...life,
    acknowledgement: life.state === 'acknowledged' ? life.acknowledgement : null,
    suppressed_by: life.state === 'suppressed' ? life.suppressed_by : null,
    ...(resolved && { resolved_at: at, consecutive: 0 }),
    ...(silent && { alerted_at: null, alerted_severity: null }),
  };
}
