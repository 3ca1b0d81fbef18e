import { FIRST_BATTERY } from '../parts.js';
import type { SectionReader } from './section-reader.js';
import type { Json } from './values.js';

/** New batteries hold up to a quarter more than designed; twice as much is a wrong unit. */
const MAX_HEALTH_RATIO = 2;
const MAX_CAPACITY = 1e9;

/** `battery` = battery(). A desktop has none: nothing is observed, nothing is lost. */
export function readBattery(reader: SectionReader, data: Json): void {
  const present = reader.boolean(data, 'hasBattery', '');
  if (present === false) reader.listsNone('battery');
  if (present === false || present === null) return;
  readOne(reader, data, '', undefined);
  reader.lists('battery', FIRST_BATTERY);
  for (const { item, path, index } of reader.list(data, 'additionalBatteries', '')) {
    const instance = String(index + 2);
    readOne(reader, item, path, instance);
    reader.lists('battery', instance);
  }
}

function readOne(reader: SectionReader, battery: Json, path: string, instance: string | undefined): void {
  const of = instance === undefined ? {} : { instance };

  // The library says 0 where it could not read a capacity. Any unit will do: only the ratio counts.
  const designed = reader.number(battery, 'designedCapacity', path, 0, MAX_CAPACITY);
  const full = reader.number(battery, 'maxCapacity', path, 0, MAX_CAPACITY);
  if (designed && full) {
    const ratio = full / designed;
    if (ratio > MAX_HEALTH_RATIO) reader.refuse(`${path}maxCapacity`, full, 'far beyond designedCapacity');
    else reader.add({ code: 'BATTERY_HEALTH', value: Math.min(100, ratio * 100), ...of });
  }

  const cycles = reader.number(battery, 'cycleCount', path, 0, 1e6);
  if (typeof cycles === 'number') reader.add({ code: 'BATTERY_CYCLES', value: cycles, ...of });

  const percent = reader.number(battery, 'percent', path, 0, 100);
  const charging = reader.boolean(battery, 'isCharging', path);
  const plugged = reader.boolean(battery, 'acConnected', path);
  if (typeof percent === 'number' && charging !== null && plugged !== null) {
    const discharging = plugged === false && charging !== true;
    reader.add({ code: 'BATTERY_CHARGE', value: percent, ...of, ...(!discharging && { at_most: 0 }) });
  }
}
