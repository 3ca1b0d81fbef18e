import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';

/** Maker, model and firmware: system() at the top, the rest under its own key. */
export const systemCollector: Collector = {
  section: 'system',
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        system: () => machine.system(),
        bios: () => machine.bios(),
        baseboard: () => machine.baseboard(),
        chassis: () => machine.chassis(),
      },
      partLimitMs,
    );
    const { system, ...others } = values;
    return sectionOf({ ...system, ...others }, faults);
  },
};
