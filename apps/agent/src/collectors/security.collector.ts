import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { readLinuxEncryption } from './linux-encryption.js';
import { readLinuxFirewall } from './linux-firewall.js';
import { readMacSecurity } from './mac-security.js';

const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** The variable's last byte is 1 when on; null without UEFI. */
async function readSecureBoot(machine: SystemProbe): Promise<boolean | null> {
  const variable = await machine.readText(SECURE_BOOT);
  return variable ? variable.endsWith('\u0001') : null;
}

async function readLinux(machine: SystemProbe, limitMs: number) {
  const { values, faults } = await readParts(
    {
      firewall: () => readLinuxFirewall(machine),
      encryption: () => readLinuxEncryption(machine),
      secureBoot: () => readSecureBoot(machine),
    },
    limitMs,
  );
  const { firewall = null, encryption = null, secureBoot = null } = values;
  return { data: { firewall, disk_encryption: encryption, secure_boot: secureBoot }, faults };
}

/**
 * Protection that is on or off: `firewall[]` (profile, enabled), `disk_encryption[]` (volume, encrypted).
 * Unknown is null: neither on nor off.
 */
export const securityCollector: Collector = {
  section: 'security',
  async collect(machine, { partLimitMs }) {
    if (machine.platform !== 'linux' && machine.platform !== 'darwin') {
      return unavailable(`firewall, antivirus and encryption are not read on ${machine.platform}`);
    }
    const read = machine.platform === 'linux' ? readLinux : readMacSecurity;
    const { data, faults } = await read(machine, partLimitMs);
    if (faults.length > 0) return sectionOf(data, faults);
    const known = Object.values(data).some((value) => value !== null);
    return known ? { status: 'ok', data } : unavailable('nothing tells of firewall or encryption here');
  },
};
