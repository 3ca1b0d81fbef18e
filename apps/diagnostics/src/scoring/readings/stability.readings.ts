import type { CheckCode } from '../checks/checks.js';
import type { SectionReader } from './section-reader.js';
import { cleanText, own, type Json } from './values.js';

/** Counts of the last seven days, by their field in `stability`. */
const eventCounts = [
  ['bugchecks_7d', 'BUGCHECKS'],
  ['unexpected_shutdowns_7d', 'UNEXPECTED_SHUTDOWNS'],
  ['crashes_7d', 'APP_CRASHES'],
  ['hardware_errors_7d', 'HARDWARE_ERRORS'],
  ['disk_errors_7d', 'DISK_ERRORS'],
  ['oom_kills', 'OOM_KILLS'],
] as const satisfies readonly (readonly [string, CheckCode])[];

/** So long may a clock take after boot to find its time server (Netdata timex.conf). */
const CLOCK_GRACE_SECONDS = 17 * 60;

/**
 * `stability` = `{stability_index, bugchecks_7d, unexpected_shutdowns_7d, crashes_7d, hardware_errors_7d,
 * disk_errors_7d, oom_kills, reboot_required, clock_synchronised, clock_offset_seconds, failed_units[], uptime}`, all
 * optional. What happened longer than a week ago is over: a count since boot is evidence, not a fault.
 */
export function readStability(reader: SectionReader, data: Json): void {
  const index = reader.number(data, 'stability_index', '', 0, 10);
  if (typeof index === 'number') reader.add({ code: 'STABILITY_INDEX', value: index });

  for (const [field, code] of eventCounts) {
    const count = reader.count(data, field, '');
    if (typeof count === 'number') reader.add({ code, value: count });
  }

  const reboot = reader.boolean(data, 'reboot_required', '');
  if (typeof reboot === 'boolean') reader.add({ code: 'REBOOT_REQUIRED', value: reboot ? 'yes' : 'no' });

  const uptime = readUptime(reader, data);
  const synchronised = reader.boolean(data, 'clock_synchronised', '');
  if (typeof synchronised === 'boolean') {
    // Held back, not left out: were it to appear later, it would dilute the mean of the others and raise the score.
    const early = uptime !== undefined && uptime <= CLOCK_GRACE_SECONDS;
    reader.add({ code: 'CLOCK_UNSYNCHRONISED', value: synchronised ? 'yes' : 'no', ...(early && { at_most: 0 }) });
  }

  const offset = reader.number(data, 'clock_offset_seconds', '', -1e10, 1e10);
  if (typeof offset === 'number') reader.add({ code: 'CLOCK_SKEW', value: Math.abs(offset) });

  const units = own(data, 'failed_units');
  if (Array.isArray(units)) {
    const names = units.filter((unit) => typeof unit === 'string');
    addFailed(reader, units.length, names);
  }
}

/** Automatic on paper, but started by a trigger or an updater and stopped by design (after Zabbix's list). */
const STOPS_BY_DESIGN =
  /^(bits|cdpsvc|cbdhsvc|cdpusersvc|clr_optimization|dbupdate|dosvc|edgeupdate|gisvc|google.*updater|gpsvc|gupdate|mapsbroker|mmcss|onesyncsvc|remoteregistry|shellhwdetection|sppsvc|sysmonlog|tabletinputservice|tiledatamodelsvc|trustedinstaller|wbiosrvc|wpnuserservice|wuauserv)/i;

/** How many names a title spells out. */
const NAMED_SERVICES = 3;

/**
 * `services` = `{services: [{name, running, startmode, failed?}]}`. Failed is a unit that says so; where the platform does
 * not say (Windows), an automatic service that does not run. Where neither is known (launchd), nothing is observed.
 */
export function readServices(reader: SectionReader, data: Json): void {
  const names: string[] = [];
  let judged = 0;
  for (const { item, path, index } of reader.list(data, 'services', '')) {
    const running = reader.boolean(item, 'running', path);
    const failed = reader.boolean(item, 'failed', path);
    const mode = own(item, 'startmode');
    const silent =
      failed === undefined && (running === undefined || typeof mode !== 'string' || !WINDOWS_MODE.test(mode));
    if (running === null || failed === null || silent) continue;
    judged += 1;
    const name = reader.text(item, 'name', path) ?? `#${index}`;
    if (failed ?? (running === false && startsByItself(mode) && !STOPS_BY_DESIGN.test(name))) names.push(name);
  }
  if (judged > 0) addFailed(reader, names.length, names);
}

/** How Windows starts a service, in its own words. */
const WINDOWS_MODE = /^(auto|manual|disabled|boot|system)/i;

const startsByItself = (mode: unknown): boolean => typeof mode === 'string' && /^auto/i.test(mode);

/** One reading for all of them: were each its own, one more failure could dilute the rest and raise the score. */
function addFailed(reader: SectionReader, count: number, names: readonly string[]): void {
  const sorted = [...names].sort();
  const named = sorted.slice(0, NAMED_SERVICES).map(cleanText).join(', ');
  const more = count > NAMED_SERVICES ? ` (+${count - NAMED_SERVICES})` : '';
  reader.add({ code: 'SERVICE_FAILED', value: count, detail: `${named}${more}` });
}

const MAX_UPTIME_SECONDS = 50 * 365 * 86_400;

/** `uptime` in seconds, in `os` and in `stability` alike. */
export function readUptime(reader: SectionReader, data: Json): number | undefined {
  const uptime = reader.number(data, 'uptime', '', 0, MAX_UPTIME_SECONDS) ?? undefined;
  if (uptime !== undefined) reader.add({ code: 'UPTIME', value: uptime });
  return uptime;
}
