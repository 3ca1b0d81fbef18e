import type { FindingReason } from '@techze/contracts';
import { withChange } from './flapping.js';
import { stateBefore, type Around, type Life, type News, type Step } from './life.js';
import type { Happening } from './next-state.js';
import { isHigher } from './severities.js';

/** One move of a finding, before anybody is told of it. */
export interface Move {
  /** As it went in. */
  readonly before: Life;
  readonly life: Life;
  readonly happening: Happening;
  /** Why it was cleared. */
  readonly cause?: FindingReason;
}

/**
 * Who is told what of a move. The rule is one: outside, the difference is announced between what is and what was last
 * announced (`alerted_at`, `alerted_severity`), unless something mutes it. So what was muted and still stands is announced
 * with the next diagnostic after it, finding by finding as devices report, and what came and went meanwhile never is: no
 * burst when a window ends.
 */
export function announce(move: Move, around: Around): Step {
  const window = windowOf(move.before, around.windows);
  const life = window === undefined && isChange(move, around) ? withChange(move.life, around.at) : move.life;
  const begins = life.flapping && !move.before.flapping;
  const due: News | null = begins
    ? { type: 'changed', reason: 'flapping' }
    : life.flapping
      ? null
      : dueNews({ ...move, life }, around, window);
  if (due === null) return step(move, life, null);
  if (window !== undefined) return mute(move, life, due, window);
  return step(move, begins ? life : told(life, around.now), due);
}

/** The one that keeps it quiet already, where it still does: nothing is logged anew because windows overlap. */
function windowOf({ suppressed_by }: Life, windows: readonly string[]): string | undefined {
  return windows.find((window) => window === suppressed_by) ?? windows[0];
}

/** Whether it came or went, as flap damping counts. */
function isChange({ before, life, happening }: Move, { failsBeforeAlert }: Around): boolean {
  if (happening === 'entered') return life.state === 'open' && life.consecutive === failsBeforeAlert;
  const goes = before.state !== life.state && life.state === 'resolved' && before.state !== 'suppressed';
  return goes && before.consecutive >= failsBeforeAlert;
}

/** What would have to be said now. */
function dueNews(move: Move, { failsBeforeAlert }: Around, window: string | undefined): News | null {
  const { before, life, happening } = move;
  if (life.state === 'open') {
    if (happening === 'grew' || happening === 'expired') return { type: 'changed', reason: happening };
    if (life.alerted_at === null) {
      const due = life.consecutive >= failsBeforeAlert;
      return due ? { type: 'opened', reason: openingReason(move), ...(life.resolved_at && { reopened: true }) } : null;
    }
    const { alerted_severity } = life;
    if (alerted_severity === null || life.severity === alerted_severity) return null;
    return { type: 'changed', reason: severityReason(life.severity, alerted_severity) };
  }
  if (life.state !== 'resolved') return null;
  const goes = before.state !== 'resolved';
  // What a window kept quiet from its beginning to its end is on the window's record, and nobody else's business.
  if (life.alerted_at === null && !(goes && before.state === 'suppressed' && window !== undefined)) return null;
  return { type: 'resolved', reason: (goes ? move.cause : undefined) ?? unmuted(before, life) };
}

function openingReason({ before, life }: Move): FindingReason {
  if (before.flapping) return 'steady';
  if (before.state === 'suppressed') return 'maintenance_over';
  return life.resolved_at === null ? 'seen' : 'reappeared';
}

function unmuted(before: Life, life: Life): FindingReason {
  return before.flapping && !life.flapping ? 'steady' : 'maintenance_over';
}

function severityReason(severity: Life['severity'], before: Life['severity']): FindingReason {
  return isHigher(severity, before) ? 'severity_rose' : 'severity_fell';
}

/** An opening that a window keeps quiet is suppressed; each piece of news is logged once. */
function mute(move: Move, life: Life, due: News, window: string): Step {
  const { before } = move;
  const alarm = life.state === 'open' && (due.type === 'opened' || due.reason === 'grew' || due.reason === 'expired');
  const quiet: Life = alarm
    ? { ...life, state: 'suppressed', suppressed_by: window, alerted_at: null, alerted_severity: null }
    : life;
  const again = before.state === quiet.state && before.suppressed_by === quiet.suppressed_by;
  const type = again && due.type === 'opened' ? 'changed' : due.type;
  const logged = !again || before.severity !== quiet.severity;
  return { ...step(move, quiet, null), muted: logged ? { type, window } : null };
}

/** From now on the world outside believes what is. */
function told(life: Life, now: Date): Life {
  return life.state === 'open'
    ? { ...life, alerted_at: life.alerted_at ?? now, alerted_severity: life.severity }
    : { ...life, alerted_at: null, alerted_severity: null };
}

function step(move: Move, life: Life, news: News | null): Step {
  const reason = transitionReason(move, life);
  return { life, transition: reason && { from: stateBefore(move.before), reason }, news, muted: null };
}

/** Why it is now what it was not before; null: it is what it was. */
function transitionReason({ before, happening, cause }: Move, life: Life): FindingReason | null {
  if (before.state !== life.state || before.occurrences === 0) {
    if (life.state === 'suppressed') return 'maintenance';
    if (life.state === 'resolved') return cause ?? 'cleared';
    if (happening === 'grew' || happening === 'expired') return happening;
    if (before.state === 'suppressed') return 'maintenance_over';
    return before.occurrences === 0 ? 'seen' : 'reappeared';
  }
  if (before.severity !== life.severity) return severityReason(life.severity, before.severity);
  if (before.flapping !== life.flapping) return life.flapping ? 'flapping' : 'steady';
  return null;
}
