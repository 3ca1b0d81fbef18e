import type { Levels } from '../checks/check.js';
import { smartAttributes } from '../checks/smart.checks.js';
import type { SectionReader } from './section-reader.js';
import { limitsOf, OWN_LIMITS } from './trip-points.js';
import { isObject, own, type Json } from './values.js';

/** A SMART raw value has 48 bits. */
const MAX_RAW = 2 ** 48;
const MIN_CELSIUS = -40;
const MAX_CELSIUS = 150;

type SmartStatus = 'passed' | 'degraded' | 'failing' | 'unknown' | 'unsupported';

/** The library passes on what each platform says (mission.md §4.3), in that platform's words. */
const statusWords = new Map<string, SmartStatus>([
  ['ok', 'passed'],
  ['passed', 'passed'],
  ['verified', 'passed'],
  ['healthy', 'passed'],
  ['degraded', 'degraded'],
  ['warning', 'degraded'],
  ['predicted failure', 'failing'],
  ['pred fail', 'failing'],
  ['failing', 'failing'],
  ['failed', 'failing'],
  ['failed!', 'failing'],
  ['not supported', 'unsupported'],
  ['unsupported', 'unsupported'],
]);

export function normaliseSmartStatus(text: string): SmartStatus {
  return statusWords.get(text.slice(0, 64).trim().toLowerCase()) ?? 'unknown';
}

/** diskLayout(), with what smartctl told of each. */
export function readDisks(reader: SectionReader, data: Json): void {
  for (const { item, path, index } of reader.list(data, 'diskLayout', '')) {
    const serial = reader.text(item, 'serialNum', path);
    const name = serial ?? reader.text(item, 'device', path) ?? reader.text(item, 'name', path) ?? `#${index}`;
    reader.lists('disk', serial ?? null);
    readDisk(reader, name, item, path);
  }
}

function readDisk(reader: SectionReader, instance: string, disk: Json, path: string): void {
  const smart = reader.object(disk, 'smartData', path);
  const smartPath = `${path}smartData.`;

  readStatus(reader, instance, disk, path, smart, smartPath);
  readTemperature(reader, instance, disk, path, smart, smartPath);
  if (!smart) return;
  const attributes = reader.object(smart, 'ata_smart_attributes', smartPath);
  if (attributes) readAttributes(reader, instance, attributes, `${smartPath}ata_smart_attributes.`);
  const nvme = reader.object(smart, 'nvme_smart_health_information_log', smartPath);
  if (nvme) readNvme(reader, instance, nvme, `${smartPath}nvme_smart_health_information_log.`);
}

function readStatus(
  reader: SectionReader,
  instance: string,
  disk: Json,
  path: string,
  smart: Json | undefined,
  smartPath: string,
): void {
  const text = reader.text(disk, 'smartStatus', path);
  const said = text ? normaliseSmartStatus(text) : 'unknown';
  const verdict = smart && reader.object(smart, 'smart_status', smartPath);
  const passed = verdict && reader.boolean(verdict, 'passed', `${smartPath}smart_status.`);
  const value = passed === false || said === 'failing' ? 'failing' : said === 'degraded' ? said : 'passed';
  const known = value !== 'passed' || said === 'passed' || passed === true;
  if (known && text !== null && passed !== null) reader.add({ code: 'SMART_STATUS', value, instance });

  const smartctl = smart && reader.object(smart, 'smartctl', smartPath);
  const exit = smartctl && reader.number(smartctl, 'exit_status', `${smartPath}smartctl.`, 0, 255);
  const judged = typeof exit === 'number' ? verdictOfExit(exit) : undefined;
  if (judged) reader.add({ code: 'SMARTCTL_VERDICT', value: judged, instance });
}

/** smartctl.h: the bits of its exit status that speak of the disk, worst first; nothing, when it could not open it. */
function verdictOfExit(status: number): string | undefined {
  if (status & 0x08) return 'failing';
  if (status & 0x10) return 'prefail_now';
  if (status & 0x20) return 'prefail_past';
  if (status & 0x80) return 'self_test_failed';
  if (status & 0x40) return 'errors_logged';
  return status & 0x03 ? undefined : 'clean';
}

function readTemperature(
  reader: SectionReader,
  instance: string,
  disk: Json,
  path: string,
  smart: Json | undefined,
  smartPath: string,
): void {
  const told = reader.number(disk, 'temperature', path, MIN_CELSIUS, MAX_CELSIUS);
  const sensor = smart && reader.object(smart, 'temperature', smartPath);
  const current = sensor && reader.number(sensor, 'current', `${smartPath}temperature.`, MIN_CELSIUS, MAX_CELSIUS);
  if (told === null || current === null || (told === undefined && current === undefined)) return;
  const limits = limitsOfDrive(smart);
  reader.add({
    code: 'DISK_TEMPERATURE',
    value: Math.max(told ?? -Infinity, current ?? -Infinity),
    instance,
    ...(limits && { limits, source: OWN_LIMITS }),
  });
}

/** NVMe drives may name their own warning and critical composite temperatures. */
function limitsOfDrive(smart: Json | undefined): Levels | undefined {
  const named = smart && own(smart, 'nvme_composite_temperature_threshold');
  return isObject(named) ? limitsOf(own(named, 'warning'), own(named, 'critical')) : undefined;
}

type WhenFailed = 'never' | 'past' | 'now';

function readAttributes(reader: SectionReader, instance: string, attributes: Json, path: string): void {
  let worst: WhenFailed | undefined;
  for (const { item, path: rowPath } of reader.list(attributes, 'table', path)) {
    const failed = whenFailed(item);
    if (failed && (worst === undefined || RANK[failed] > RANK[worst])) worst = failed;
    const id = own(item, 'id');
    const code = typeof id === 'number' ? smartAttributes.get(id) : undefined;
    const raw = code && reader.object(item, 'raw', rowPath);
    const value = raw && reader.count(raw, 'value', `${rowPath}raw.`, MAX_RAW);
    if (code && typeof value === 'number') {
      reader.add({ code, value: code === 'SMART_188' ? timeoutsIn(raw, value) : value, instance });
    }
  }
  if (worst) reader.add({ code: 'SMART_WHEN_FAILED', value: worst, instance });
}

const RANK = { never: 0, past: 1, now: 2 } as const;

/** smartctl says '' or '-', 'past' or 'In_the_past', 'now' or 'FAILING_NOW'; where it says nothing, as it would reckon. */
function whenFailed(attribute: Json): WhenFailed | undefined {
  const said = own(attribute, 'when_failed');
  if (typeof said === 'string') {
    const word = said.slice(0, 32).toLowerCase();
    return word.includes('now') ? 'now' : word.includes('past') ? 'past' : 'never';
  }
  const [value, worst, limit] = ['value', 'worst', 'thresh'].map((key) => own(attribute, key));
  if (typeof value !== 'number' || typeof worst !== 'number' || typeof limit !== 'number' || limit <= 0)
    return undefined;
  return value <= limit ? 'now' : worst <= limit ? 'past' : 'never';
}

/** Seagate packs three counters into attribute 188; smartctl then prints them apart, the total last. */
function timeoutsIn(raw: Json | undefined, value: number): number {
  const text = raw && own(raw, 'string');
  const packed = typeof text === 'string' ? /^(\d{1,5}) (\d{1,5}) (\d{1,5})$/.exec(text) : null;
  const [first, second, third] = packed ? packed.slice(1).map(Number) : [];
  const ascending =
    first !== undefined && second !== undefined && third !== undefined && first <= second && second <= third;
  return ascending ? third : value;
}

function readNvme(reader: SectionReader, instance: string, log: Json, path: string): void {
  const warning = reader.number(log, 'critical_warning', path, 0, 255);
  if (typeof warning === 'number') reader.add({ code: 'NVME_CRITICAL_WARNING', value: warning, instance });

  const used = reader.number(log, 'percentage_used', path, 0, 255);
  if (typeof used === 'number') reader.add({ code: 'NVME_PERCENTAGE_USED', value: used, instance });

  const errors = reader.count(log, 'media_errors', path);
  if (typeof errors === 'number') reader.add({ code: 'NVME_MEDIA_ERRORS', value: errors, instance });

  const spare = reader.number(log, 'available_spare', path, 0, 100);
  const least = reader.number(log, 'available_spare_threshold', path, 1, 99);
  if (typeof spare === 'number' && least !== null) {
    const limits = typeof least === 'number' ? spareLimits(least) : undefined;
    reader.add({ code: 'NVME_AVAILABLE_SPARE', value: spare, instance, ...(limits && { limits, source: OWN_LIMITS }) });
  }
}

/** Critical below the drive's own threshold, a warning at it. */
function spareLimits(least: number): Levels {
  return { leave: least + 10, warning: least, critical_leave: least, critical: least - 1, fail: -1 };
}
