import type { Life } from './life.js';

/**
 * Five openings and resolutions within a day, by the device's clock, are flapping; a day without one ends it. Events are
 * muted meanwhile, the state stays true. (Nagios looks at the last 21 checks and calls it flapping from a share of changes
 * on; diagnostics come at any distance from minutes to weeks, so ours goes by time, as Moogsoft's and ServiceNow's do.)
 * Counted is what is worth an event: with `fails_before_alert` an opening from its Nth sight on. What happens in a
 * maintenance window is not counted.
 */
export const FLAP_CHANGES = 5;
export const FLAP_WINDOW_MS = 24 * 60 * 60 * 1_000;

/** The finding, with one more change. */
export function withChange(life: Life, at: Date): Life {
  const recent = life.changes.filter((change) => at.getTime() - Date.parse(change) < FLAP_WINDOW_MS);
  const changes = [...recent, at.toISOString()].slice(-FLAP_CHANGES);
  return { ...life, changes, flapping: life.flapping || changes.length >= FLAP_CHANGES };
}

/** The finding, no longer flapping where it kept still for long enough. */
export function steadied(life: Life, at: Date): Life {
  if (!life.flapping) return life;
  const last = life.changes.at(-1);
  const stillMs = last === undefined ? Infinity : at.getTime() - Date.parse(last);
  return stillMs >= FLAP_WINDOW_MS ? { ...life, flapping: false, changes: [] } : life;
}
