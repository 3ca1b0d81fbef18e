import type { CheckCode } from '../checks/checks.js';
import type { SectionReader } from './section-reader.js';
import { own, type Json } from './values.js';

/** Counts of the last seven days, by their field in `stability`. */
const eventCounts = [
  ['bugchecks_7d', 'BUGCHECKS'],
  ['unexpected_shutdowns_7d', 'UNEXPECTED_SHUTDOWNS'],
  ['crashes_7d', 'APP_CRASHES'],
  ['hardware_errors_7d', 'HARDWARE_ERRORS'],
  ['disk_errors_7d', 'DISK_ERRORS'],
  ['oom_kills_7d', 'OOM_KILLS'],
] as const satisfies readonly (readonly [string, CheckCode])[];

/**
 * `stability` = `{stability_index, bugchecks_7d, unexpected_shutdowns_7d, crashes_7d, hardware_errors_7d,
 * disk_errors_7d, oom_kills_7d, reboot_required, clock_synchronised, clock_offset_seconds}`, all optional.
 */
export function readStability(reader: SectionReader, data: Json): void {
  const index = reader.number(data, 'stability_index', '', 0, 10);
  if (typeof index === 'number') reader.add('STABILITY_INDEX', index);

  for (const [field, code] of eventCounts) {
    const count = reader.count(data, field, '');
    if (typeof count === 'number') reader.add(code, count);
  }

  const reboot = reader.boolean(data, 'reboot_required', '');
  if (typeof reboot === 'boolean') reader.add('REBOOT_REQUIRED', reboot ? 'yes' : 'no');

  const synchronised = reader.boolean(data, 'clock_synchronised', '');
  if (typeof synchronised === 'boolean') reader.add('CLOCK_UNSYNCHRONISED', synchronised ? 'yes' : 'no');

  const offset = reader.number(data, 'clock_offset_seconds', '', -1e10, 1e10);
  if (typeof offset === 'number') reader.add('CLOCK_SKEW', Math.abs(offset));
}

/** Automatic on paper, but started by a trigger or an updater and stopped by design (after Zabbix's list). */
const STOPS_BY_DESIGN =
  /^(bits|cdpsvc|cbdhsvc|cdpusersvc|clr_optimization|dbupdate|dosvc|edgeupdate|gisvc|google.*updater|gpsvc|gupdate|mapsbroker|mmcss|onesyncsvc|remoteregistry|shellhwdetection|sppsvc|sysmonlog|tabletinputservice|tiledatamodelsvc|trustedinstaller|wbiosrvc|wpnuserservice|wuauserv)/i;

/** How many names a title spells out. */
const NAMED_SERVICES = 3;

/**
 * `services` = `{list: services('*')}`, or `{failed: n}` where only that is known. Failed is a unit that says so
 * (`state: 'failed'`), or an automatic Windows service that does not run.
 */
export function readServices(reader: SectionReader, data: Json): void {
  const stated = reader.count(data, 'failed', '');
  const names: string[] = [];
  let listed = false;
  for (const { item, path } of reader.list(data, 'list', '')) {
    const name = reader.text(item, 'name', path);
    const running = reader.boolean(item, 'running', path);
    if (!name || typeof running !== 'boolean') continue;
    listed = true;
    if (!running && hasFailed(item, name)) names.push(name);
  }
  if (stated === null || (stated === undefined && !listed)) return;
  names.sort();
  const more = names.length > NAMED_SERVICES ? ` +${names.length - NAMED_SERVICES}` : '';
  const failed = Math.max(stated ?? 0, names.length);
  reader.add('SERVICE_FAILED', failed, { detail: `${names.slice(0, NAMED_SERVICES).join(', ') || failed}${more}` });
}

function hasFailed(service: Json, name: string): boolean {
  if (own(service, 'state') === 'failed') return true;
  const mode = own(service, 'startmode');
  return typeof mode === 'string' && /^auto/i.test(mode) && !STOPS_BY_DESIGN.test(name);
}
