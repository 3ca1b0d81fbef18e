import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { isClockSynchronised, listFailedUnits, runsSystemd } from '../machine/systemd.js';
import { readRebootRequired } from './reboot-required.js';

const MAX_UNITS = 100;
const WEEK_SECONDS = 7 * 86_400;
/** So long may a clock take after boot to find its time server (Netdata timex.conf). */
const CLOCK_GRACE_SECONDS = 17 * 60;

/** Processes that the kernel ended for want of memory since boot; null where the kernel does not count them. */
async function countOomKills(machine: SystemProbe): Promise<number | null> {
  const counters = (await machine.readText('/proc/vmstat')) ?? '';
  const match = /^oom_kill (\d+)$/m.exec(counters);
  return match ? Number(match[1]) : null;
}

/** The kernel counts since boot: the count of a week is known when that is less, or when there was none at all. */
function ofLastWeek(sinceBoot: number | null, uptimeSeconds: number): number | null {
  return sinceBoot === 0 || uptimeSeconds <= WEEK_SECONDS ? sinceBoot : null;
}

async function readClock(machine: SystemProbe): Promise<boolean | null> {
  const synchronised = await isClockSynchronised(machine);
  return synchronised === false && machine.uptimeSeconds() < CLOCK_GRACE_SECONDS ? null : synchronised;
}

/** What tells of a machine that does not run well. Unknown is null, never zero. */
export const stabilityCollector: Collector = {
  section: 'stability',
  async collect(machine, { partLimitMs }) {
    if (machine.platform !== 'linux') return unavailable(`crash and event counts are not read on ${machine.platform}`);
    const systemd = await runsSystemd(machine);
    const { values, faults } = await readParts(
      {
        oomKills: () => countOomKills(machine),
        rebootRequired: () => readRebootRequired(machine),
        failedUnits: async () => (systemd ? listFailedUnits(machine) : null),
        clock: async () => (systemd ? readClock(machine) : null),
      },
      partLimitMs,
    );
    const { oomKills = null, rebootRequired = null, failedUnits = null, clock = null } = values;
    const data = {
      oom_kills_7d: ofLastWeek(oomKills, machine.uptimeSeconds()),
      oom_kills_since_boot: oomKills,
      reboot_required: rebootRequired,
      clock_synchronised: clock,
      failed_units: failedUnits?.slice(0, MAX_UNITS) ?? null,
    };
    if (faults.length === 0 && Object.values(data).every((value) => value === null)) {
      return unavailable('nothing tells of crashes here');
    }
    return sectionOf(data, faults);
  },
};
