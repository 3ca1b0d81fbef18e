import type { Systeminformation as Si } from 'systeminformation';
import type { SystemProbe } from '../machine/system-probe.js';

/** Whether SMART could be read of all disks, and if not, why. */
export interface SmartAccess {
  status: 'ok' | 'unavailable' | 'denied';
  reason?: string;
}

/** A device path as the library reports it, and nothing that `smartctl` could take for an option. */
const DEVICE_PATH = /^\/dev\/[A-Za-z0-9][A-Za-z0-9/_-]*$/;
const MAX_SELF_TESTS = 5;

type SmartData = Si.SmartData;

/** What `smartctl -a -j` tells of health: whole it is up to 40 kB a disk, most of it about the disk's abilities. */
const healthKeys = new Set([
  'device',
  'model_family',
  'model_name',
  'serial_number',
  'firmware_version',
  'user_capacity',
  'rotation_rate',
  'smart_status',
  'ata_smart_attributes',
  'nvme_smart_health_information_log',
  'nvme_composite_temperature_threshold',
  'temperature',
  'power_cycle_count',
  'power_on_time',
]);

export function healthOf(smart: SmartData): Record<string, unknown> {
  const { smartctl, ata_smart_error_log: errors, ata_smart_self_test_log: selfTests } = smart;
  return {
    ...Object.fromEntries(Object.entries(smart).filter(([key]) => healthKeys.has(key))),
    ...(smartctl && { smartctl: { version: smartctl.version, exit_status: smartctl.exit_status } }),
    ...(errors?.summary && { ata_smart_error_log: { summary: { count: errors.summary.count } } }),
    ...(selfTests?.standard && {
      ata_smart_self_test_log: {
        standard: { ...selfTests.standard, table: selfTests.standard.table?.slice(0, MAX_SELF_TESTS) },
      },
    }),
  };
}

function parseSmart(json: string): SmartData | null {
  try {
    const smart = JSON.parse(json) as SmartData;
    return smart.smart_status ? smart : null;
  } catch {
    return null;
  }
}

/** The library loses the data of every disk when a single one (a card reader, a USB bridge) has none: ask each alone. */
async function askDisk(machine: SystemProbe, disk: Si.DiskLayoutData): Promise<Si.DiskLayoutData> {
  if (disk.smartData || !DEVICE_PATH.test(disk.device)) return disk;
  const { stdout } = await machine.runProgram('smartctl', ['-j', '-a', disk.device]);
  const smartData = parseSmart(stdout);
  if (smartData === null) return disk;
  return {
    ...disk,
    smartStatus: smartData.smart_status.passed ? 'Ok' : 'Predicted Failure',
    temperature: smartData.temperature?.current ?? disk.temperature,
    smartData,
  };
}

function accessTo(machine: SystemProbe, disks: readonly Si.DiskLayoutData[], hasSmartctl: boolean): SmartAccess {
  if (disks.length === 0) return { status: 'unavailable' };
  const silent = disks.filter((disk) => disk.smartData === undefined).map((disk) => disk.device || disk.name);
  if (silent.length === 0) return { status: 'ok' };
  if (!hasSmartctl) return { status: 'unavailable', reason: 'smartctl is not installed (smartmontools 7.0 or newer)' };
  if (machine.isRoot === false) return { status: 'denied', reason: 'reading it needs root' };
  return { status: 'unavailable', reason: `not given by ${silent.join(', ')}` };
}

/** Completes the disks with what SMART tells of them, and says whether all could be read. */
export async function readSmart(
  machine: SystemProbe,
  disks: readonly Si.DiskLayoutData[],
): Promise<{ diskLayout: unknown[]; smart: SmartAccess }> {
  const hasSmartctl = await machine.hasProgram('smartctl');
  const askEach = hasSmartctl && machine.isRoot === true;
  const asked = askEach ? await Promise.all(disks.map((disk) => askDisk(machine, disk))) : disks;
  return {
    diskLayout: asked.map((disk) => ({ ...disk, smartData: disk.smartData && healthOf(disk.smartData) })),
    smart: accessTo(machine, asked, hasSmartctl),
  };
}
