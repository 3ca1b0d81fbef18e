import { readParts } from '../collection/read-parts.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { countRecent } from './crash-dumps.js';

const REPORTS = 'Library/Logs/DiagnosticReports';

const isPanic = (name: string) => name.endsWith('.panic');
/** Jetsam is how macOS ends programs for want of memory: one report each time. */
const isJetsam = (name: string) => /^JetsamEvent-.*\.ips$/.test(name);
/** Beside crashes there are reports of hangs, of energy and of exceeded limits. */
const isCrash = (name: string) => /\.(crash|ips)$/.test(name) && !/^(JetsamEvent|Exc|Analytics|panic)/.test(name);

/** Crashes of the system's programs and of those of every user whose reports may be read. */
async function countCrashes(machine: SystemProbe, now: Date): Promise<number> {
  const users = await machine.listFolder('/Users').catch(() => []);
  const folders = ['', ...users.map((user) => `/Users/${user}`)].map((home) => `${home}/${REPORTS}`);
  const counts = await Promise.all(folders.map((folder) => countRecent(machine, folder, isCrash, now)));
  return counts.reduce((total, count) => total + count, 0);
}

/** Counts of the last seven days, from the reports that macOS writes. */
export async function readMacStability(machine: SystemProbe, limitMs: number, now: Date) {
  const { values, faults } = await readParts(
    {
      // Fails where it may not be read (the group admin may), so that an unread folder is not taken for an empty one.
      reports: () => machine.listFolder(`/${REPORTS}`),
      panics: () => countRecent(machine, `/${REPORTS}`, isPanic, now),
      jetsams: () => countRecent(machine, `/${REPORTS}`, isJetsam, now),
      crashes: () => countCrashes(machine, now),
    },
    limitMs,
  );
  const { panics = null, jetsams = null, crashes = null } = values.reports === undefined ? {} : values;
  return { data: { bugchecks_7d: panics, crashes_7d: crashes, oom_kills: jetsams }, faults };
}
