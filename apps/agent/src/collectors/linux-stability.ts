import { readParts } from '../collection/read-parts.js';
import { Journal } from '../machine/journal.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { isClockSynchronised, listFailedUnits, runsSystemd } from '../machine/systemd.js';
import { countPanicDumps } from './crash-dumps.js';
import { countKernelEvents } from './kernel-messages.js';
import { readRebootRequired } from './reboot-required.js';

const MAX_UNITS = 100;
const WEEK_SECONDS = 7 * 86_400;

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

/** What the journal tells of the last seven days; null without systemd. */
async function readJournal(machine: SystemProbe, now: Date) {
  const journal = await Journal.open(machine);
  const [warnings, coreDumps, uncleanEnds] = await Promise.all([
    journal.kernelWarnings(),
    journal.coreDumps(),
    journal.uncleanEnds(now),
  ]);
  return { ...countKernelEvents(warnings), coreDumps, uncleanEnds };
}

/** Counts of the last seven days, and what waits. Unknown is null, never zero. */
export async function readLinuxStability(machine: SystemProbe, limitMs: number, now: Date) {
  const systemd = await runsSystemd(machine);
  const { values, faults } = await readParts(
    {
      oomKills: () => countOomKills(machine),
      rebootRequired: () => readRebootRequired(machine),
      failedUnits: async () => (systemd ? listFailedUnits(machine) : null),
      clock: async () => (systemd ? isClockSynchronised(machine) : null),
      panicDumps: () => countPanicDumps(machine, now),
      journal: async () => (systemd ? readJournal(machine, now) : null),
    },
    limitMs,
  );
  const { oomKills = null, panicDumps = 0, journal = null } = values;
  const oopses = journal?.oopses ?? (panicDumps > 0 ? 0 : null);
  const data = {
    bugchecks_7d: oopses === null ? null : Math.max(oopses, panicDumps),
    // A panic ends a boot as well, and is counted above.
    unexpected_shutdowns_7d: journal && Math.max(0, journal.uncleanEnds - panicDumps),
    crashes_7d: journal?.coreDumps ?? null,
    hardware_errors_7d: journal?.hardwareErrors ?? null,
    disk_errors_7d: journal?.diskErrors ?? null,
    oom_kills: journal?.oomKills ?? ofLastWeek(oomKills, machine.uptimeSeconds()),
    oom_kills_since_boot: oomKills,
    reboot_required: values.rebootRequired ?? null,
    clock_synchronised: values.clock ?? null,
    failed_units: values.failedUnits?.slice(0, MAX_UNITS) ?? null,
  };
  return { data, faults };
}
