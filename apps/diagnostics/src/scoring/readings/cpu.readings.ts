import type { Levels } from '../checks/check.js';
import type { SectionReader } from './section-reader.js';
import { limitsOfSensor, limitsOfZone, OWN_LIMITS } from './trip-points.js';
import { objectsOf, own, type Json } from './values.js';

/** What a processor's sensor can show, °C. */
const CELSIUS = [0, 150] as const;

/** Linux drivers of the processor's own sensors, and the zones of firmware that are the processor. */
const CPU_SENSOR = /^(coretemp|k10temp|zenpower|cpu[-_]thermal|x86_pkg_temp)/;

export const isCpuSensor = (sensor: Json): boolean =>
  ['chip', 'name', 'type'].some((key) => {
    const name = own(sensor, key);
    return typeof name === 'string' && CPU_SENSOR.test(name);
  });

/**
 * `cpu` = cpu() + currentLoad() merged flat, `iowait` in % where the platform counts it, and `temperature{main,max,cores}`. Its trip points come with the temperature
 * (`passive`, `high`, `hot`, `critical`) or with the processor's sensors in `thermal`.
 */
export function readCpu(reader: SectionReader, data: Json, thermal: Json | undefined): void {
  const load = reader.number(data, 'currentLoad', '', 0, 100);
  if (typeof load === 'number') reader.add({ code: 'CPU_LOAD', value: load });

  const waiting = reader.number(data, 'iowait', '', 0, 100);
  if (typeof waiting === 'number') reader.add({ code: 'CPU_IOWAIT', value: waiting });

  // The highest of the 1, 5 and 15 minute averages, per core; a ratio.
  const average = reader.number(data, 'avgLoad', '', 0, 1e5);
  if (typeof average === 'number') reader.add({ code: 'LOAD_AVERAGE', value: average * 100 });

  const temperature = reader.object(data, 'temperature', '');
  const hottest = temperature && hottestOf(reader, temperature);
  if (temperature && typeof hottest === 'number') {
    const limits = limitsOfSensor(temperature) ?? limitsOfCpuSensors(thermal);
    reader.add({ code: 'CPU_TEMPERATURE', value: hottest, ...(limits && { limits, source: OWN_LIMITS }) });
  }
}

/** The hottest of the package and the maximum over the cores; the cores themselves only when neither is there. */
function hottestOf(reader: SectionReader, temperature: Json): number | null | undefined {
  const main = reader.number(temperature, 'main', 'temperature.', ...CELSIUS);
  const max = reader.number(temperature, 'max', 'temperature.', ...CELSIUS);
  if (main === null || max === null) return null;
  if (main !== undefined || max !== undefined) return Math.max(main ?? 0, max ?? 0);
  return hottestCore(temperature);
}

function hottestCore(temperature: Json): number | undefined {
  const cores = own(temperature, 'cores');
  if (!Array.isArray(cores)) return undefined;
  let hottest: number | undefined;
  for (const core of cores as unknown[]) {
    if (typeof core === 'number' && core >= CELSIUS[0] && core <= CELSIUS[1]) hottest = Math.max(hottest ?? core, core);
  }
  return hottest;
}

/** The lowest limits that the processor's sensors and zones name. */
function limitsOfCpuSensors(thermal: Json | undefined): Levels | undefined {
  if (!thermal) return undefined;
  const named = [
    ...objectsOf(thermal, 'sensors').filter(isCpuSensor).map(limitsOfSensor),
    ...objectsOf(thermal, 'zones').filter(isCpuSensor).map(limitsOfZone),
  ];
  return named.reduce(
    (lowest, limits) => (!lowest || (limits && limits.leave < lowest.leave) ? limits : lowest),
    undefined,
  );
}

/** `processes` = processes(). */
export function readProcesses(reader: SectionReader, data: Json): void {
  const blocked = reader.count(data, 'blocked', '');
  if (typeof blocked === 'number') reader.add({ code: 'PROCESSES_BLOCKED', value: blocked });
}
