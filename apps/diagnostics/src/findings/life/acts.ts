import { Problem, type Acknowledgement, type FindingReason } from '@techze/contracts';
import { announce } from './announce.js';
import { stateBefore, type Life, type Step } from './life.js';
import { after } from './next-state.js';
import { settled } from './sights.js';

/**
 * What people do to a finding. It is always announced: nothing mutes a person, and nobody is alarmed by it. Flap damping
 * begins anew, since somebody has looked.
 */

/** @throws Problem `finding-not-active` where there is nothing to know of; acknowledging again renews it */
export function acknowledge(before: Life, acknowledgement: Acknowledgement, now: Date): Step {
  if (before.state === 'resolved') throw new Problem('finding-not-active');
  const life = { ...before, acknowledgement, alerted_at: before.alerted_at ?? now, alerted_severity: before.severity };
  return done(before, { ...life, state: after(before.state, 'acknowledge') }, 'acknowledged', now);
}

/** Of a finding that is resolved already nothing changes. */
export function resolve(before: Life, now: Date): Step {
  if (before.state === 'resolved') return unchanged(before);
  return done(before, { ...before, ...UNTOLD, state: after(before.state, 'resolve') }, 'resolved', now);
}

/** Of a false positive nothing changes. */
export function refute(before: Life, now: Date): Step {
  if (before.state === 'false_positive') return unchanged(before);
  return done(before, { ...before, ...UNTOLD, state: after(before.state, 'refute') }, 'false_positive', now);
}

/** The time of an acknowledgement is up, and no diagnostic has noticed yet. */
export function expire(before: Life, now: Date, windows: readonly string[]): Step {
  const { acknowledgement, state } = before;
  const due = state === 'acknowledged' && acknowledgement?.expires_at != null;
  if (!due || Date.parse(acknowledgement.expires_at!) > now.getTime()) return unchanged(before);
  const life = settled({ ...before, state: after(state, 'expired') }, before, now);
  return announce({ before, life, happening: 'expired' }, { at: now, now, windows, failsBeforeAlert: 1 });
}

/** Outside nobody believes any more that it is open. */
const UNTOLD = { alerted_at: null, alerted_severity: null };

function done(before: Life, life: Life, reason: FindingReason, now: Date): Step {
  return {
    life: { ...settled(life, before, now), flapping: false, changes: [] },
    transition: { from: stateBefore(before), reason },
    news: { type: life.state === 'resolved' ? 'resolved' : 'changed', reason },
    muted: null,
  };
}

function unchanged(life: Life): Step {
  return { life, transition: null, news: null, muted: null };
}
