import type { Collector } from '../collection/collector.js';
import { unavailable } from '../collection/section-result.js';

/** The battery, capacities in `capacityUnit`. A machine without one says so: its zeros would read as an empty one. */
export const batteryCollector: Collector = {
  section: 'battery',
  async collect(machine) {
    const battery = await machine.battery();
    if (!battery.hasBattery) return unavailable('no battery in this machine', { hasBattery: false });
    return {
      status: 'ok',
      data: {
        ...battery,
        // Not counted on Windows and some laptops: the library then says 0.
        cycleCount: battery.cycleCount || null,
        designedCapacity: battery.designedCapacity || null,
        maxCapacity: battery.maxCapacity || null,
      },
    };
  },
};
