import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { isCpuChip, readChipSensors } from '../machine/hwmon.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { FirstSamples } from './first-samples.js';
import { type CpuTicks, ioWaitBetween, readCpuTicks } from './io-wait.js';

/** The library says 0 GHz where it does not know. */
const knownSpeed = (speed: number | undefined) => (speed ? speed : null);

/** Ticks of the kernel do not add up to the last digit. */
const percent = (value: number) => Math.min(100, Math.max(0, value));

/** The load average is a notion of Unix: Windows has none, and the library says 0. */
const loadOf = (machine: SystemProbe, load: Si.CurrentLoadData) => ({
  ...load,
  avgLoad: machine.platform === 'win32' ? null : load.avgLoad,
  currentLoad: percent(load.currentLoad),
});

/** The temperatures at which this processor slows down and stops, as its own sensor names them (Linux). */
async function readLimits(machine: SystemProbe) {
  const { sensors } = await readChipSensors(machine, isCpuChip);
  const [named] = sensors.filter((sensor) => sensor.critical !== null);
  return named && { high: named.high, critical: named.critical };
}

const firstTicks = new FirstSamples<CpuTicks | undefined>();

async function readIoWait(machine: SystemProbe): Promise<number | null> {
  return ioWaitBetween(firstTicks.of(machine), await readCpuTicks(machine));
}

/** The processor, its load in % over the sampled second, its temperatures in °C (null without a sensor). */
export const cpuCollector: Collector = {
  section: 'cpu',
  prime: (machine) =>
    Promise.all([machine.currentLoad(), firstTicks.take(machine, () => readCpuTicks(machine).catch(() => undefined))]),
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        // First, before the other collectors make load of their own.
        currentLoad: () => machine.currentLoad(),
        ioWait: () => readIoWait(machine),
        cpu: () => machine.cpu(),
        cpuTemperature: () => machine.cpuTemperature(),
        limits: () => readLimits(machine),
      },
      partLimitMs,
    );
    const { cpu, currentLoad, cpuTemperature, ioWait, limits } = values;
    const data = {
      ...cpu,
      ...(cpu && {
        speed: knownSpeed(cpu.speed),
        speedMin: knownSpeed(cpu.speedMin),
        speedMax: knownSpeed(cpu.speedMax),
      }),
      ...(currentLoad && loadOf(machine, currentLoad)),
      iowait: ioWait ?? null,
      temperature: cpuTemperature && {
        main: cpuTemperature.main ?? null,
        max: cpuTemperature.max ?? null,
        cores: cpuTemperature.cores ?? [],
        ...limits,
      },
    };
    return sectionOf(data, faults);
  },
};
