import type { DeviceDescription } from '@techze/contracts';
import type { SystemProbe } from '../machine/system-probe.js';
import { cleanText } from './clean-data.js';
import { realIdentifier, realName } from './junk-values.js';
import { readParts } from './read-parts.js';

const MAX_MACS = 64;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Who this machine is, placeholders of the firmware left out. At least the host name is always there. */
export async function identifyDevice(machine: SystemProbe, limitMs: number): Promise<DeviceDescription> {
  const { values } = await readParts({ system: () => machine.system(), uuid: () => machine.uuid() }, limitMs);
  const { system, uuid } = values;
  const macs = (uuid?.macs ?? [])
    .map((mac) => mac.toLowerCase())
    .filter((mac) => MAC.test(mac) && realIdentifier(mac) !== undefined);
  const device = {
    hostname: cleanText(machine.hostname(), 255) || 'unnamed',
    serial: realIdentifier(system?.serial),
    uuid: realIdentifier(system?.uuid) ?? realIdentifier(uuid?.hardware),
    manufacturer: realName(system?.manufacturer),
    model: realName(system?.model),
    ...(macs.length > 0 && { macs: macs.slice(0, MAX_MACS) }),
  };
  return Object.fromEntries(Object.entries(device).filter(([, value]) => value !== undefined));
}
