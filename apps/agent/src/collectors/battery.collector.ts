import type { Collector } from '../collection/collector.js';
import { unavailable } from '../collection/section-result.js';
import { readBatteries } from '../machine/power-supply.js';
import type { SystemProbe } from '../machine/system-probe.js';

async function readLinux(machine: SystemProbe) {
  const [first, ...others] = await readBatteries(machine);
  return first && { ...first, ...(others.length > 0 && { additionalBatteries: others }) };
}

async function readByLibrary(machine: SystemProbe) {
  const battery = await machine.battery();
  if (!battery.hasBattery) return undefined;
  return {
    ...battery,
    // Not counted on Windows and some laptops: the library then says 0.
    cycleCount: battery.cycleCount || null,
    designedCapacity: battery.designedCapacity || null,
    maxCapacity: battery.maxCapacity || null,
  };
}

/** The battery, capacities in `capacityUnit`. A machine without one says so: its zeros would read as an empty one. */
export const batteryCollector: Collector = {
  section: 'battery',
  async collect(machine) {
    const battery = await (machine.platform === 'linux' ? readLinux(machine) : readByLibrary(machine));
    return battery ? { status: 'ok', data: battery } : unavailable('no battery in this machine', { hasBattery: false });
  },
};
