import type { SystemProbe } from './system-probe.js';

const ZONES = '/sys/class/thermal';
const CHIPS = '/sys/class/hwmon';

/** °C that a part of a computer can have; beyond lie the "not set" of drivers (−273, 65261). */
const POSSIBLE = { min: -40, max: 200 };

/** A sensor with its maker's or the firmware's own limits, in °C; null where none is named. */
export interface TemperatureSensor {
  name: string;
  temperature: number;
  passive: number | null;
  high: number | null;
  hot: number | null;
  critical: number | null;
}

export interface Fan {
  name: string;
  rpm: number;
}

/** The first line; null without such a file, or when it is there and cannot be read (a sleeping device). */
async function line(machine: SystemProbe, path: string): Promise<string | null> {
  const text = await machine.readText(path).catch(() => null);
  return text?.trim() || null;
}

/** sysfs gives thousandths of a degree. */
async function celsius(machine: SystemProbe, path: string): Promise<number | null> {
  const text = await line(machine, path);
  const value = text === null ? NaN : Number(text) / 1_000;
  return value >= POSSIBLE.min && value <= POSSIBLE.max ? value : null;
}

/** A limit of zero or less is one that nobody set. */
async function limit(machine: SystemProbe, path: string): Promise<number | null> {
  const value = await celsius(machine, path);
  return value !== null && value > 0 ? value : null;
}

async function lowestTrip(machine: SystemProbe, zone: string, trips: readonly string[], type: string) {
  const ofType = await Promise.all(
    trips.map(async (trip) =>
      (await line(machine, `${zone}/${trip}_type`)) === type ? limit(machine, `${zone}/${trip}_temp`) : null,
    ),
  );
  const known = ofType.filter((value) => value !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

async function readZone(machine: SystemProbe, folder: string): Promise<TemperatureSensor | null> {
  const zone = `${ZONES}/${folder}`;
  const temperature = await celsius(machine, `${zone}/temp`);
  if (temperature === null) return null;
  const files = await machine.listFolder(zone);
  const trips = files.filter((file) => /^trip_point_\d+_temp$/.test(file)).map((file) => file.replace('_temp', ''));
  return {
    name: (await line(machine, `${zone}/type`)) ?? folder,
    temperature,
    passive: await lowestTrip(machine, zone, trips, 'passive'),
    high: null,
    hot: await lowestTrip(machine, zone, trips, 'hot'),
    critical: await lowestTrip(machine, zone, trips, 'critical'),
  };
}

/** The zones that the firmware watches, with the temperatures at which it acts. */
export async function readThermalZones(machine: SystemProbe): Promise<TemperatureSensor[]> {
  const folders = (await machine.listFolder(ZONES)).filter((name) => name.startsWith('thermal_zone'));
  const zones = await Promise.all(folders.map((folder) => readZone(machine, folder)));
  return zones.filter((zone) => zone !== null);
}

/** The sensors of one kind of the monitoring chips: `chip` tells the CPU's from the others. */
export async function readChipSensors(
  machine: SystemProbe,
  wanted: (chip: string) => boolean,
): Promise<{ sensors: TemperatureSensor[]; fans: Fan[] }> {
  const sensors: TemperatureSensor[] = [];
  const fans: Fan[] = [];
  for (const folder of await machine.listFolder(CHIPS)) {
    const path = `${CHIPS}/${folder}`;
    const chip = (await line(machine, `${path}/name`)) ?? folder;
    if (!wanted(chip)) continue;
    for (const file of await machine.listFolder(path)) {
      const input = /^((temp|fan)\d+)_input$/.exec(file);
      if (input === null) continue;
      const [, sensor = '', kind] = input;
      const name = `${chip} ${(await line(machine, `${path}/${sensor}_label`)) ?? sensor}`;
      if (kind === 'fan') {
        const rpm = Number((await line(machine, `${path}/${file}`)) ?? NaN);
        if (rpm >= 0) fans.push({ name, rpm });
        continue;
      }
      const temperature = await celsius(machine, `${path}/${file}`);
      if (temperature === null) continue;
      sensors.push({
        name,
        temperature,
        passive: null,
        high: await limit(machine, `${path}/${sensor}_max`),
        hot: null,
        critical: await limit(machine, `${path}/${sensor}_crit`),
      });
    }
  }
  return { sensors, fans };
}

/** The chips that measure the processor itself. */
export const isCpuChip = (chip: string) => ['coretemp', 'k10temp', 'zenpower'].includes(chip);
