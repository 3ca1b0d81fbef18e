import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';

/** The operating system and `uptime` in seconds. */
export const osCollector: Collector = {
  section: 'os',
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts({ osInfo: () => machine.osInfo() }, partLimitMs);
    return sectionOf({ ...values.osInfo, uptime: Math.round(machine.uptimeSeconds()) }, faults);
  },
};
