import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { readLinuxEncryption } from './linux-encryption.js';
import { readLinuxFirewall } from './linux-firewall.js';
import { readMacSecurity } from './mac-security.js';
import { readWindowsSecurity } from './windows-security.js';

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
  return { data: { firewall, encryption, secure_boot: secureBoot }, faults };
}

function readerOf({ platform }: SystemProbe) {
  if (platform === 'linux') return readLinux;
  if (platform === 'win32') return readWindowsSecurity;
  return platform === 'darwin' ? readMacSecurity : undefined;
}

/**
 * Protection that is on or off: `firewall[]` (profile, enabled), `antivirus[]` (name, enabled, up_to_date),
 * `encryption[]` (volume, encrypted). Unknown is null: neither on nor off.
 */
export const securityCollector: Collector = {
  section: 'security',
  async collect(machine, { partLimitMs }) {
    const read = readerOf(machine);
    if (read === undefined)
      return unavailable(`firewall, antivirus and encryption are not read on ${machine.platform}`);
    const { data, faults } = await read(machine, partLimitMs);
    const silent = Object.values(data).every((value) => value === null);
    if (faults.length > 0) return sectionOf(data, faults);
    return silent ? unavailable('nothing tells of firewall or encryption here') : { status: 'ok', data };
  },
};
