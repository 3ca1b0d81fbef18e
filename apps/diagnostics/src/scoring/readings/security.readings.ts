import { supportOf } from '../os-support.js';
import type { Entry, SectionReader } from './section-reader.js';
import { readUptime } from './stability.readings.js';
import { own, type Json } from './values.js';

const DAY_MS = 86_400_000;

/** No release is supported for longer: whoever has more time left lives before it came out, by a clock that is wrong. */
const MAX_DAYS_LEFT = 4000;

/** `os` = osInfo() + `uptime` in seconds. */
export function readOs(reader: SectionReader, data: Json, now: Date): void {
  readUptime(reader, data);

  const [distro, release, build, codename] = ['distro', 'release', 'build', 'codename'].map((key) =>
    reader.text(data, key, ''),
  );
  const support = distro ? supportOf({ distro, release: release ?? '', build: build ?? '' }) : undefined;
  if (!distro || !support) return;
  const version = /windows/i.test(distro) ? (codename ?? '') : (release ?? '');
  const daysLeft = Math.floor((Date.parse(support.ends) - now.getTime()) / DAY_MS);
  if (Number.isNaN(daysLeft)) return;
  if (daysLeft > MAX_DAYS_LEFT) {
    reader.refuse('distro', `${distro} ${version}`.trim(), `not out yet on ${now.toISOString().slice(0, 10)}`);
    return;
  }
  const detail = `${`${distro} ${version}`.trim()}, ${support.ends}`;
  reader.add({ code: 'OS_SUPPORT', value: daysLeft, detail, source: support.source });
}

/**
 * `security` = `{firewall: {enabled} | [{profile, enabled}], antivirus: [{name, enabled, up_to_date}],
 * encryption: {root} | [{volume, encrypted}]}`. An empty list says nothing.
 */
export function readSecurity(reader: SectionReader, data: Json): void {
  const firewall = flagsOf(reader, reader.entries(data, 'firewall', ''), 'enabled');
  if (firewall) reader.add({ code: 'FIREWALL', value: partly(firewall) });

  const encryption = flagsOf(reader, reader.entries(data, 'encryption', ''), 'encrypted', 'root');
  if (encryption) reader.add({ code: 'DISK_ENCRYPTION', value: partly(encryption) });

  // One antivirus that works is enough: Windows keeps its own beside another maker's, switched off.
  const products = reader.entries(data, 'antivirus', '');
  const enabled = flagsOf(reader, products, 'enabled');
  if (!enabled) return;
  const current = products.some(({ item }) => own(item, 'enabled') === true && own(item, 'up_to_date') !== false);
  reader.add({ code: 'ANTIVIRUS', value: current ? 'on' : enabled.includes(true) ? 'outdated' : 'off' });
}

/** The flag of every entry, under the first of its names; undefined when there is none, or one that cannot be used. */
function flagsOf(reader: SectionReader, entries: readonly Entry[], ...names: string[]): boolean[] | undefined {
  const flags: boolean[] = [];
  for (const { item, path } of entries) {
    const name = names.find((each) => Object.hasOwn(item, each));
    const flag = name === undefined ? undefined : reader.boolean(item, name, path);
    if (flag === null) return undefined;
    if (flag !== undefined) flags.push(flag);
  }
  return flags.length > 0 ? flags : undefined;
}

function partly(flags: boolean[]): 'on' | 'partly_off' | 'off' {
  if (flags.every(Boolean)) return 'on';
  return flags.some(Boolean) ? 'partly_off' : 'off';
}
