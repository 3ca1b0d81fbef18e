import type { Collector } from '../collection/collector.js';
import { readParts, sectionOf } from '../collection/read-parts.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';

const ZONES = '/sys/class/thermal';
const CHIPS = '/sys/class/hwmon';

/** sysfs gives thousandths of a degree; a file that is there but gives none (a sleeping device) is unknown. */
async function celsius(machine: SystemProbe, path: string): Promise<number | null> {
  const text = await machine.readText(path).catch(() => null);
  if (text === null || text.trim() === '') return null;
  const value = Number(text) / 1_000;
  return Number.isFinite(value) ? value : null;
}

const word = async (machine: SystemProbe, path: string) =>
  (await machine.readText(path).catch(() => null))?.trim() || null;

/** The zones that the firmware watches, with the temperatures at which it acts: passive, hot, critical. */
async function readZones(machine: SystemProbe) {
  const names = (await machine.listFolder(ZONES)).filter((name) => name.startsWith('thermal_zone'));
  const zones = await Promise.all(
    names.map(async (name) => {
      const path = `${ZONES}/${name}`;
      const trips = (await machine.listFolder(path)).filter((file) => /^trip_point_\d+_temp$/.test(file));
      return {
        zone: name,
        type: await word(machine, `${path}/type`),
        temperature: await celsius(machine, `${path}/temp`),
        trip_points: await Promise.all(
          trips.map(async (file) => ({
            type: await word(machine, `${path}/${file.replace('_temp', '_type')}`),
            temperature: await celsius(machine, `${path}/${file}`),
          })),
        ),
      };
    }),
  );
  return zones.filter((zone) => zone.temperature !== null);
}

/** The sensors of the board: temperatures with the maker's limits, and fans. */
async function readSensors(machine: SystemProbe) {
  const chips = await Promise.all(
    (await machine.listFolder(CHIPS)).map(async (name) => {
      const path = `${CHIPS}/${name}`;
      const inputs = (await machine.listFolder(path)).filter((file) => /^(temp|fan)\d+_input$/.test(file));
      const chip = await word(machine, `${path}/name`);
      return Promise.all(
        inputs.map(async (file) => {
          const sensor = file.replace('_input', '');
          const label = (await word(machine, `${path}/${sensor}_label`)) ?? sensor;
          if (file.startsWith('fan')) return { chip, label, rpm: Number(await word(machine, `${path}/${file}`)) };
          return {
            chip,
            label,
            temperature: await celsius(machine, `${path}/${file}`),
            max: await celsius(machine, `${path}/${sensor}_max`),
            critical: await celsius(machine, `${path}/${sensor}_crit`),
          };
        }),
      );
    }),
  );
  return chips.flat();
}

/** Sensors beyond the CPU, in °C and rotations per minute. */
export const thermalCollector: Collector = {
  section: 'thermal',
  async collect(machine, { partLimitMs }) {
    const { values, faults } = await readParts(
      {
        zones: () => readZones(machine),
        sensors: () => readSensors(machine),
        cpuTemperature: () => machine.cpuTemperature(),
      },
      partLimitMs,
    );
    const { zones = [], sensors = [], cpuTemperature } = values;
    const data = {
      zones,
      sensors: sensors.filter((sensor) => 'temperature' in sensor && sensor.temperature !== null),
      fans: sensors.filter((sensor) => 'rpm' in sensor),
      chipset: cpuTemperature?.chipset ?? null,
      socket: cpuTemperature?.socket ?? [],
    };
    const silent =
      data.zones.length + data.sensors.length + data.fans.length + data.socket.length === 0 && data.chipset === null;
    if (faults.length > 0) return sectionOf(silent ? {} : data, faults);
    return silent ? unavailable('no temperature sensor can be read here') : { status: 'ok', data };
  },
};
