import type { Collector } from '../collection/collector.js';
import { sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { readLinuxStability } from './linux-stability.js';
import { readMacStability } from './mac-stability.js';
import { readWindowsStability } from './windows-stability.js';

function readerOf({ platform }: SystemProbe) {
  if (platform === 'linux') return readLinuxStability;
  if (platform === 'win32') return readWindowsStability;
  return platform === 'darwin' ? readMacStability : undefined;
}

/** What tells of a machine that does not run well: counts of the last seven days. Unknown is null, never zero. */
export const stabilityCollector: Collector = {
  section: 'stability',
  async collect(machine, { partLimitMs }) {
    const read = readerOf(machine);
    if (read === undefined) return unavailable(`crash and event counts are not read on ${machine.platform}`);
    const { data, faults } = await read(machine, partLimitMs, new Date());
    const silent = Object.values(data).every((value) => value === null);
    if (faults.length === 0 && silent) return unavailable('nothing tells of crashes here');
    return sectionOf({ ...data, ...(!silent && { uptime: Math.round(machine.uptimeSeconds()) }) }, faults);
  },
};
