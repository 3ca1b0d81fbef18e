import type { SystemProbe } from '../machine/system-probe.js';

const WEEK_MS = 7 * 86_400_000;

/** Files of the last seven days in a folder; none where it may not be read. */
export async function countRecent(
  machine: SystemProbe,
  folder: string,
  isOne: (name: string) => boolean,
  now: Date,
): Promise<number> {
  const names = await machine.listFolder(folder).catch(() => []);
  const times = await Promise.all(
    names.filter(isOne).map((name) => machine.modifiedAt(`${folder}/${name}`).catch(() => null)),
  );
  return times.filter((time) => time !== null && time.getTime() > now.getTime() - WEEK_MS).length;
}

/** Panics that the firmware kept (pstore, or where systemd moves them) or kdump wrote. None found proves nothing. */
export async function countPanicDumps(machine: SystemProbe, now: Date): Promise<number> {
  const [records, moved, dumps] = await Promise.all([
    countRecent(machine, '/sys/fs/pstore', (name) => name.startsWith('dmesg-'), now),
    countRecent(machine, '/var/lib/systemd/pstore', (name) => /^\d+$/.test(name), now),
    countRecent(machine, '/var/crash', (name) => /^\d{8,}/.test(name), now),
  ]);
  // One panic is split over several records.
  return Math.min(1, records) + moved + dumps;
}
