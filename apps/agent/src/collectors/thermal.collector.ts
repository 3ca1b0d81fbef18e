import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import { isCpuChip, readChipSensors, readThermalZones } from '../machine/hwmon.js';

/** Sensors beyond the CPU: °C with their own trip points, and fans in rotations per minute. */
export const thermalCollector: Collector = {
  section: 'thermal',
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        zones: () => readThermalZones(machine),
        chips: () => readChipSensors(machine, (chip) => !isCpuChip(chip)),
        cpuTemperature: () => machine.cpuTemperature(),
      },
      partLimitMs,
    );
    const { zones = [], chips = { sensors: [], fans: [] }, cpuTemperature } = values;
    const data = {
      sensors: [...zones, ...chips.sensors],
      fans: chips.fans,
      chipset: cpuTemperature?.chipset ?? null,
      socket: cpuTemperature?.socket ?? [],
    };
    const silent = data.sensors.length + data.fans.length + data.socket.length === 0 && data.chipset === null;
    if (faults.length > 0) return sectionOf(silent ? {} : data, faults);
    return silent ? unavailable('no temperature sensor can be read here') : { status: 'ok', data };
  },
};
