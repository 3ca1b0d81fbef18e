import type { Section } from '@techze/contracts';
import { readBattery } from './battery.readings.js';
import { readCpu, readProcesses, readThermal } from './cpu.readings.js';
import { readMemory } from './memory.readings.js';
import { readNetwork } from './network.readings.js';
import type { SectionReadings } from './reading.js';
import { SectionReader } from './section-reader.js';
import { readOs, readSecurity } from './security.readings.js';
import { readServices, readStability } from './stability.readings.js';
import { readStorage } from './storage.readings.js';
import { isObject, type Json } from './values.js';

/** The sections that scoring understands. Every other one is kept as evidence and not judged. */
const readers = {
  battery: readBattery,
  cpu: readCpu,
  memory: readMemory,
  network: readNetwork,
  os: readOs,
  processes: readProcesses,
  security: readSecurity,
  services: readServices,
  stability: readStability,
  storage: readStorage,
  thermal: readThermal,
} satisfies Record<string, (reader: SectionReader, data: Json, now: Date) => void>;

export type ScoredSection = keyof typeof readers;

/** What the sections say, one by one. `data` may hold anything that JSON can: this never throws. */
export function readSections(
  sections: Readonly<Record<string, Section>>,
  now: Date,
): Map<ScoredSection, SectionReadings> {
  const read = new Map<ScoredSection, SectionReadings>();
  for (const name of Object.keys(readers) as ScoredSection[]) {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
    if (!isObject(section?.data)) continue;
    const reader = new SectionReader();
    readers[name](reader, section.data, now);
    read.set(name, { readings: reader.readings, note: reader.note });
  }
  return read;
}
