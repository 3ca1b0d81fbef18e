import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';

/** The library says 0 GHz where it does not know. */
const knownSpeed = (speed: number | undefined) => (speed ? speed : null);

/** The processor, its load in % over the sampled second, its temperatures in °C (null without a sensor). */
export const cpuCollector: Collector = {
  section: 'cpu',
  prime: (machine) => machine.currentLoad(),
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        // First, before the other collectors make load of their own.
        currentLoad: () => machine.currentLoad(),
        cpu: () => machine.cpu(),
        cpuTemperature: () => machine.cpuTemperature(),
      },
      partLimitMs,
    );
    const { cpu, currentLoad, cpuTemperature } = values;
    const data = {
      ...cpu,
      ...(cpu && {
        speed: knownSpeed(cpu.speed),
        speedMin: knownSpeed(cpu.speedMin),
        speedMax: knownSpeed(cpu.speedMax),
      }),
      ...currentLoad,
      temperature: cpuTemperature && {
        main: cpuTemperature.main ?? null,
        max: cpuTemperature.max ?? null,
        cores: cpuTemperature.cores ?? [],
      },
    };
    return sectionOf(data, faults);
  },
};
