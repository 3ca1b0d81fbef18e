import { supportOf } from '../os-support.js';
import type { SectionReader } from './section-reader.js';
import { own, type Json } from './values.js';

const DAY_MS = 86_400_000;
const MAX_UPTIME_SECONDS = 50 * 365 * 86_400;

/** `os` = osInfo() + `uptime` in seconds. */
export function readOs(reader: SectionReader, data: Json, now: Date): void {
  const uptime = reader.number(data, 'uptime', '', 0, MAX_UPTIME_SECONDS);
  if (typeof uptime === 'number') reader.add('UPTIME', uptime);

  const [distro, release, build, codename] = ['distro', 'release', 'build', 'codename'].map((key) =>
    reader.text(data, key, ''),
  );
  const support = distro ? supportOf({ distro, release: release ?? '', build: build ?? '' }) : undefined;
  if (!distro || !support) return;
  const version = /windows/i.test(distro) ? (codename ?? '') : (release ?? '');
  const daysLeft = Math.floor((Date.parse(support.ends) - now.getTime()) / DAY_MS);
  const verb = daysLeft < 0 ? 'has had no security updates since' : 'gets security updates until';
  reader.add('OS_SUPPORT', daysLeft, { detail: `${`${distro} ${version}`.trim()} ${verb} ${support.ends}` });
}

/**
 * `security` = `{firewall: [{profile, enabled}], antivirus: [{name, enabled, up_to_date}],
 * disk_encryption: [{volume, encrypted}]}`. An empty list says nothing.
 */
export function readSecurity(reader: SectionReader, data: Json): void {
  const firewall = flagsOf(reader, data, 'firewall', 'enabled');
  if (firewall) reader.add('FIREWALL', partly(firewall));

  const encryption = flagsOf(reader, data, 'disk_encryption', 'encrypted');
  if (encryption) reader.add('DISK_ENCRYPTION', partly(encryption));

  // One antivirus that works is enough: Windows keeps its own beside another maker's, switched off.
  const enabled = flagsOf(reader, data, 'antivirus', 'enabled');
  if (!enabled) return;
  const current = [...reader.list(data, 'antivirus', '')].some(
    ({ item }) => own(item, 'enabled') === true && own(item, 'up_to_date') !== false,
  );
  reader.add('ANTIVIRUS', current ? 'on' : enabled.includes(true) ? 'outdated' : 'off');
}

/** The flag of every entry; undefined when there is none, or when one of them cannot be used. */
function flagsOf(reader: SectionReader, data: Json, key: string, flag: string): boolean[] | undefined {
  const flags: boolean[] = [];
  let usable = true;
  for (const { item, path } of reader.list(data, key, '')) {
    const value = reader.boolean(item, flag, path);
    if (typeof value === 'boolean') flags.push(value);
    else if (value === null) usable = false;
  }
  return usable && flags.length > 0 ? flags : undefined;
}

function partly(flags: boolean[]): 'on' | 'partly_off' | 'off' {
  if (flags.every(Boolean)) return 'on';
  return flags.some(Boolean) ? 'partly_off' : 'off';
}
