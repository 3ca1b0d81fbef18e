import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { listFailedUnits, runsSystemd } from '../machine/systemd.js';
import { readRebootRequired } from './reboot-required.js';

const MAX_UNITS = 100;

/** Processes that the kernel ended for want of memory since boot; null where the kernel does not count them. */
async function countOomKills(machine: SystemProbe): Promise<number | null> {
  const counters = (await machine.readText('/proc/vmstat')) ?? '';
  const match = /^oom_kill (\d+)$/m.exec(counters);
  return match ? Number(match[1]) : null;
}

/** What tells of a machine that does not run well. Unknown is null, never zero. */
export const stabilityCollector: Collector = {
  section: 'stability',
  async collect(machine, { partLimitMs }) {
    const uptime = Math.round(machine.uptimeSeconds());
    if (machine.platform !== 'linux') {
      const reason = `crash and event counts are not read on ${machine.platform}`;
      return { status: 'unavailable', reason, data: { uptime } };
    }
    const { values, faults } = await readParts(
      {
        oomKills: () => countOomKills(machine),
        rebootRequired: () => readRebootRequired(machine),
        failedUnits: async () => ((await runsSystemd(machine)) ? await listFailedUnits(machine) : null),
      },
      partLimitMs,
    );
    return sectionOf(
      {
        uptime,
        oom_kills: values.oomKills ?? null,
        reboot_required: values.rebootRequired ?? null,
        failed_units: values.failedUnits?.slice(0, MAX_UNITS) ?? null,
      },
      faults,
    );
  },
};
