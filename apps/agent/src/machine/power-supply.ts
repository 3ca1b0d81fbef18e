import type { SystemProbe } from './system-probe.js';

const FOLDER = '/sys/class/power_supply';

/** One battery, by the names of the library's battery(). Unknown is null. */
export interface Battery {
  hasBattery: true;
  cycleCount: number | null;
  isCharging: boolean;
  voltage: number | null;
  designedCapacity: number | null;
  maxCapacity: number | null;
  currentCapacity: number | null;
  capacityUnit: 'mWh' | 'mAh' | null;
  percent: number | null;
  /** Minutes. */
  timeRemaining: number | null;
  acConnected: boolean;
  type: string;
  model: string;
  manufacturer: string;
  serial: string;
}

/** `uevent` holds every property of a supply, as `POWER_SUPPLY_NAME=value`, in millionths of volt, ampere and watt. */
function parseUevent(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => /^POWER_SUPPLY_([A-Z0-9_]+)=(.*)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[1] ?? '', (match[2] ?? '').trim()]] : [])));
}

/** Zero is what firmware says that does not know. */
function positive(supply: Map<string, string>, name: string): number | null {
  const value = Number(supply.get(name) || NaN);
  return value > 0 ? value : null;
}

const thousandth = (value: number | null) => (value === null ? null : Math.round(value / 1_000));

function percentOf(supply: Map<string, string>, current: number | null, full: number | null): number | null {
  const told = Number(supply.get('CAPACITY') || NaN);
  if (told >= 0 && told <= 100) return told;
  return current !== null && full !== null ? Math.min(100, Math.round((current / full) * 100)) : null;
}

function batteryOf(supply: Map<string, string>, acConnected: boolean): Battery {
  // Energy where it is told, else charge: never one made of the other with a voltage that changes by the minute.
  const unit = positive(supply, 'ENERGY_FULL') !== null ? 'ENERGY' : 'CHARGE';
  const designed = positive(supply, `${unit}_FULL_DESIGN`);
  const full = positive(supply, `${unit}_FULL`);
  const current = positive(supply, `${unit}_NOW`);
  const drain = positive(supply, unit === 'ENERGY' ? 'POWER_NOW' : 'CURRENT_NOW');
  const isCharging = supply.get('STATUS') === 'Charging';
  const voltage = positive(supply, 'VOLTAGE_NOW');
  return {
    hasBattery: true,
    cycleCount: positive(supply, 'CYCLE_COUNT'),
    isCharging,
    voltage: voltage === null ? null : voltage / 1e6,
    designedCapacity: thousandth(designed),
    maxCapacity: thousandth(full),
    currentCapacity: thousandth(current),
    capacityUnit: full === null && designed === null ? null : unit === 'ENERGY' ? 'mWh' : 'mAh',
    percent: percentOf(supply, current, full),
    timeRemaining:
      supply.get('STATUS') === 'Discharging' && current !== null && drain !== null
        ? Math.round((current / drain) * 60)
        : null,
    acConnected: acConnected || isCharging,
    type: supply.get('TECHNOLOGY') ?? '',
    model: supply.get('MODEL_NAME') ?? '',
    manufacturer: supply.get('MANUFACTURER') ?? '',
    serial: supply.get('SERIAL_NUMBER') ?? '',
  };
}

/**
 * The batteries that power this machine (not those of mice), read from the kernel. The library reads one, and makes a
 * designed capacity by a bitwise or where the firmware tells energy.
 */
export async function readBatteries(machine: SystemProbe): Promise<Battery[]> {
  const supplies = await Promise.all(
    (await machine.listFolder(FOLDER)).map(async (name) => {
      const [text, scope] = await Promise.all(
        ['uevent', 'scope'].map((file) => machine.readText(`${FOLDER}/${name}/${file}`).catch(() => null)),
      );
      const supply = parseUevent(text ?? '');
      return { supply, isOfDevice: (scope?.trim() ?? supply.get('SCOPE')) === 'Device' };
    }),
  );
  const own = supplies.filter(({ isOfDevice }) => !isOfDevice).map(({ supply }) => supply);
  const plugged = own.some((supply) => supply.get('TYPE') !== 'Battery' && supply.get('ONLINE') === '1');
  return own
    .filter((supply) => supply.get('TYPE') === 'Battery' && supply.get('PRESENT') !== '0')
    .map((supply) => batteryOf(supply, plugged));
}
