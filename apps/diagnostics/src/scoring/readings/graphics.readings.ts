import type { SectionReader } from './section-reader.js';
import type { Json } from './values.js';

/** `graphics` = graphics(): controllers whose driver tells their temperature. */
export function readGraphics(reader: SectionReader, data: Json): void {
  for (const { item, path, index } of reader.list(data, 'controllers', '')) {
    const words = [reader.text(item, 'model', path), reader.text(item, 'busAddress', path)];
    const instance = words.filter(Boolean).join(' ') || `#${index}`;
    const temperature = reader.number(item, 'temperatureGpu', path, 0, 150);
    if (typeof temperature === 'number') reader.add({ code: 'GPU_TEMPERATURE', value: temperature, instance });
    reader.lists('graphics', instance);
  }
}
