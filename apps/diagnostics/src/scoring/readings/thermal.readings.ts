import { PENALTY } from '../penalty.js';
import { isCpuSensor } from './cpu.readings.js';
import type { SectionReader } from './section-reader.js';
import { limitsOfSensor, limitsOfZone } from './trip-points.js';
import type { Json } from './values.js';

/** Inputs with nothing connected read up to 127 °C: a sensor of the board warns, it is never critical. */
const atMost = PENALTY.critical - 1;

/**
 * `thermal` = `{sensors: [{chip, label|name, temperature, max|high, critical}], zones: [{zone, type, temperature,
 * trip_points[]}]}`, °C. Judged by their own limits only: what is hot for one part is idle for another.
 */
export function readThermal(reader: SectionReader, data: Json): void {
  for (const { item, path, index } of reader.list(data, 'sensors', '')) {
    const limits = isCpuSensor(item) ? undefined : limitsOfSensor(item);
    const temperature = reader.number(item, 'temperature', path, -128, 200);
    if (!limits || typeof temperature !== 'number') continue;
    const names = [
      reader.text(item, 'chip', path),
      reader.text(item, 'label', path) ?? reader.text(item, 'name', path),
    ];
    const instance = names.filter(Boolean).join(' ') || `#${index}`;
    reader.add('SENSOR_TEMPERATURE', temperature, { instance, limits, atMost });
  }
  for (const { item, path, index } of reader.list(data, 'zones', '')) {
    const limits = limitsOfZone(reader, item, path);
    const temperature = reader.number(item, 'temperature', path, -128, 200);
    if (!limits || typeof temperature !== 'number') continue;
    const instance = reader.text(item, 'type', path) ?? reader.text(item, 'zone', path) ?? `zone ${index}`;
    reader.add('SENSOR_TEMPERATURE', temperature, { instance, limits, atMost });
  }
}
