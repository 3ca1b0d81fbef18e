import type { ProblemFault } from '@techze/contracts';
import { Cron } from 'croner';
import type { MaintenanceWindowRow } from './maintenance-window.entity.js';

/** When a window is: once, from its start to its end, or again and again within them. */
export type Schedule = Pick<MaintenanceWindowRow, 'starts_at' | 'ends_at' | 'cron' | 'timezone' | 'duration_minutes'>;

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;
const FIVE_FIELDS = /^\S+( +\S+){4}$/;

/**
 * Whether a window is open at that moment; its end is no longer in it. A recurring one begins by the clock on the wall of
 * its time zone and lasts so many minutes of real time, so a change of the clocks makes it neither longer nor shorter. What
 * would begin in the hour that a change skips begins when that hour is over; in the hour that comes twice, the first time.
 */
export function isOpen({ starts_at, ends_at, cron, timezone, duration_minutes }: Schedule, at: Date): boolean {
  if (at < starts_at || (ends_at !== null && at >= ends_at)) return false;
  if (cron === null || timezone === null || duration_minutes === null) return true;
  // An occurrence that began after this, and not after `at`, still lasts. It knows whole seconds only.
  const after = Math.max(at.getTime() - duration_minutes * MINUTE_MS, starts_at.getTime() - SECOND_MS);
  const begins = schedule(cron, timezone).nextRun(new Date(after));
  return begins !== null && begins <= at && begins >= starts_at;
}

/** What is wrong with a schedule, with a pointer each. */
export function scheduleFaults({ starts_at, ends_at, cron, timezone, duration_minutes }: Schedule): ProblemFault[] {
  const faults: ProblemFault[] = [];
  const fault = (name: keyof Schedule, detail: string) => faults.push({ pointer: `/${name}`, detail });
  if (ends_at !== null && ends_at <= starts_at) fault('ends_at', 'must be after starts_at');
  if (cron === null) {
    if (ends_at === null) fault('ends_at', 'is needed, or else cron, timezone and duration_minutes');
    if (timezone !== null) fault('timezone', 'goes with cron only');
    if (duration_minutes !== null) fault('duration_minutes', 'goes with cron only');
    return faults;
  }
  if (duration_minutes === null) fault('duration_minutes', 'is needed with cron');
  const known = timezone !== null && isTimeZone(timezone);
  if (!known) fault('timezone', timezone === null ? 'is needed with cron' : 'is not an IANA time zone');
  const detail = cronFault(cron, known ? timezone : 'UTC', starts_at);
  if (detail !== undefined) fault('cron', detail);
  return faults;
}

function cronFault(cron: string, timezone: string, startsAt: Date): string | undefined {
  const detail = 'is not a cron expression of five fields: minute, hour, day of month, month, day of week';
  // The library would also take a date, or a nickname such as @daily.
  if (!FIVE_FIELDS.test(cron)) return detail;
  try {
    return schedule(cron, timezone).nextRun(startsAt) === null ? 'never comes' : undefined;
  } catch {
    return detail;
  }
}

/** Five fields, so that nothing recurs within a minute; lists and ranges keep to the clock on the wall like single times. */
function schedule(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
