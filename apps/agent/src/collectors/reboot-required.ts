import type { SystemProbe } from '../machine/system-probe.js';

/** What writes the mark below: without any of them its absence says nothing. */
const writers = [
  '/usr/share/update-notifier/notify-reboot-required',
  '/etc/kernel/postinst.d/unattended-upgrades',
  '/usr/share/unattended-upgrades/unattended-upgrade-shutdown',
];

/** Whether an update waits for a restart (Debian, Ubuntu and kin); null where nothing tells. */
export async function readRebootRequired(machine: SystemProbe): Promise<boolean | null> {
  if ((await machine.readText('/run/reboot-required')) !== null) return true;
  const present = await Promise.all(writers.map((path) => machine.readText(path)));
  return present.some((text) => text !== null) ? false : null;
}
