import type { Section } from '@techze/contracts';
import { readBattery } from './battery.readings.js';
import { readCpu, readProcesses } from './cpu.readings.js';
import { readGraphics } from './graphics.readings.js';
import { readMemory } from './memory.readings.js';
import { readNetwork } from './network.readings.js';
import type { SectionReadings } from './reading.js';
import { SectionReader } from './section-reader.js';
import { readOs, readSecurity } from './security.readings.js';
import { readServices, readStability } from './stability.readings.js';
import { readStorage } from './storage.readings.js';
import { readThermal } from './thermal.readings.js';
import { isObject, type Json } from './values.js';

/** What a section is read by, beside its own data. */
interface Beside {
  now: Date;
  /** Holds the trip points of the processor. */
  thermal: Json | undefined;
}

/** The sections that scoring understands. Every other one is kept as evidence and not judged. */
const readers = {
  battery: readBattery,
  cpu: (reader, data, { thermal }) => readCpu(reader, data, thermal),
  graphics: readGraphics,
  memory: readMemory,
  network: readNetwork,
  os: (reader, data, { now }) => readOs(reader, data, now),
  processes: readProcesses,
  security: readSecurity,
  services: readServices,
  stability: readStability,
  storage: readStorage,
  thermal: readThermal,
} satisfies Record<string, (reader: SectionReader, data: Json, beside: Beside) => void>;

export type ScoredSection = keyof typeof readers;

/**
 * What the sections say, one by one. Whatever its status: a section that is `denied` in part keeps the rest of its data.
 * `data` may hold anything that JSON can: this never throws.
 */
export function readSections(
  sections: Readonly<Record<string, Section>>,
  now: Date,
): Map<ScoredSection, SectionReadings> {
  const sectionOf = (name: ScoredSection): (Section & { data: Json }) | undefined => {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
    return section && isObject(section.data) ? { ...section, data: section.data } : undefined;
  };
  const beside: Beside = { now, thermal: sectionOf('thermal')?.data };
  const read = new Map<ScoredSection, SectionReadings>();
  for (const name of Object.keys(readers) as ScoredSection[]) {
    const section = sectionOf(name);
    if (!section) continue;
    const reader = new SectionReader(section.status);
    readers[name](reader, section.data, beside);
    read.set(name, reader.result);
  }
  return read;
}
