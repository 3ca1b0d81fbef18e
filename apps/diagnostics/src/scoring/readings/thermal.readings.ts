import { BELOW_CRITICAL } from '../penalty.js';
import type { Levels } from '../checks/check.js';
import { isCpuSensor } from './cpu.readings.js';
import type { SectionReader } from './section-reader.js';
import { limitsOfSensor, limitsOfZone, OWN_LIMITS } from './trip-points.js';
import type { Json } from './values.js';

/** Inputs with nothing connected read up to 127 °C: a sensor of the board warns, it is never critical. */
const HELD_BACK = { at_most: BELOW_CRITICAL, source: OWN_LIMITS };

/**
 * `thermal` = `{sensors: [{chip, label|name, temperature, max|high, critical}], zones: [{zone, type, temperature,
 * trip_points[]}]}`, °C. Judged by their own limits only: what is hot for one part is idle for another.
 */
export function readThermal(reader: SectionReader, data: Json): void {
  for (const { item, path, index } of reader.list(data, 'sensors', '')) {
    if (isCpuSensor(item)) continue;
    const words = [
      reader.text(item, 'chip', path),
      reader.text(item, 'label', path) ?? reader.text(item, 'name', path),
    ];
    const instance = words.filter(Boolean).join(' ') || `#${index}`;
    readSensor(reader, item, path, instance, limitsOfSensor(item));
  }
  for (const { item, path, index } of reader.list(data, 'zones', '')) {
    if (isCpuSensor(item)) continue;
    const instance = reader.text(item, 'type', path) ?? reader.text(item, 'zone', path) ?? `zone ${index}`;
    readSensor(reader, item, path, instance, limitsOfZone(item));
  }
}

function readSensor(reader: SectionReader, sensor: Json, path: string, instance: string, limits?: Levels): void {
  reader.lists('sensor', instance);
  const temperature = reader.number(sensor, 'temperature', path, -128, 200);
  if (limits && typeof temperature === 'number') {
    reader.add({ code: 'SENSOR_TEMPERATURE', value: temperature, instance, limits, ...HELD_BACK });
  }
}
