import { tripPoints } from './disk.readings.js';
import type { SectionReader } from './section-reader.js';
import type { Json } from './values.js';

const CELSIUS = [0, 150] as const;

/** `cpu` = cpu() + currentLoad() merged flat + `temperature{main,max,cores}`, with the trip points where known. */
export function readCpu(reader: SectionReader, data: Json): void {
  const load = reader.number(data, 'currentLoad', '', 0, 100);
  if (typeof load === 'number') reader.add('CPU_LOAD', load);

  // The highest of the 1, 5 and 15 minute averages, per core; a ratio.
  const average = reader.number(data, 'avgLoad', '', 0, 1e5);
  if (typeof average === 'number') reader.add('LOAD_AVERAGE', average * 100);

  const temperature = reader.object(data, 'temperature', '');
  if (temperature) readTemperature(reader, temperature);
}

/** The hottest of the package and the maximum over the cores; the cores themselves only when neither is there. */
function readTemperature(reader: SectionReader, temperature: Json): void {
  const main = reader.number(temperature, 'main', 'temperature.', ...CELSIUS);
  const max = reader.number(temperature, 'max', 'temperature.', ...CELSIUS);
  if (main === null || max === null) return;
  const seen = [main, max].filter((value) => value !== undefined);
  const hottest = seen.length > 0 ? Math.max(...seen) : hottestCore(temperature);
  if (hottest === undefined) return;
  const limits = tripPointsOf(reader, temperature);
  reader.add('CPU_TEMPERATURE', hottest, limits ? { limits } : {});
}

function hottestCore({ cores }: Json): number | undefined {
  if (!Array.isArray(cores)) return undefined;
  let hottest: number | undefined;
  for (const core of cores as unknown[]) {
    if (typeof core === 'number' && core >= CELSIUS[0] && core <= CELSIUS[1]) hottest = Math.max(hottest ?? core, core);
  }
  return hottest;
}

/** Checkmk lnx_thermal: `passive` (or `high`) warns, the lower of `hot` and `critical` is critical. */
export function tripPointsOf(reader: SectionReader, sensor: Json, path = 'temperature.') {
  const [passive, high, hot, critical] = ['passive', 'high', 'hot', 'critical'].map(
    (key) => reader.number(sensor, key, path, 0, 200) ?? undefined,
  );
  const upper = hot && critical ? Math.min(hot, critical) : hot || critical;
  return tripPoints(passive || high, upper);
}

/** `thermal` = `{sensors: [{name, temperature, high|passive, critical|hot}]}`: judged by its own trip points only. */
export function readThermal(reader: SectionReader, data: Json): void {
  for (const { item, path, index } of reader.list(data, 'sensors', '')) {
    const temperature = reader.number(item, 'temperature', path, -40, 200);
    const limits = tripPointsOf(reader, item, path);
    if (typeof temperature !== 'number' || !limits) continue;
    reader.add('SENSOR_TEMPERATURE', temperature, { instance: reader.text(item, 'name', path) ?? `#${index}`, limits });
  }
}

/** `processes` = processes(). */
export function readProcesses(reader: SectionReader, data: Json): void {
  const blocked = reader.count(data, 'blocked', '');
  if (typeof blocked === 'number') reader.add('PROCESSES_BLOCKED', blocked);
}
