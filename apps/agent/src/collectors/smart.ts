import type { Systeminformation as Si } from 'systeminformation';
import type { SystemProbe } from '../machine/system-probe.js';
import { askDevice, type SmartAnswer, type SmartDevice, scanDevices } from '../machine/smartctl.js';

/** Whether SMART could be read of all disks, and if not, why. */
export interface SmartAccess {
  status: 'ok' | 'unavailable' | 'denied';
  reason?: string;
}

type Disk = Si.DiskLayoutData;
type SmartData = Si.SmartData;

const MAX_SELF_TESTS = 5;

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
  'scsi_grown_defect_list',
  'temperature',
  'power_cycle_count',
  'power_on_time',
]);

function healthOf(smart: SmartData): Record<string, unknown> {
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

/** The disk as it is sent. */
export const withHealth = (disk: Disk) => ({ ...disk, smartData: disk.smartData && healthOf(disk.smartData) });

const serialOf = (smart: SmartData | null | undefined) => smart?.serial_number?.trim() || undefined;

/** `/dev/nvme0n1` is a name space of the controller `/dev/nvme0`, which is what has SMART. */
const plainName = (device: string) => /^(?:\/dev\/)?(nvme\d+)(?:n\d+)?$/.exec(device)?.[1] ?? device.split('/').at(-1);

/** The device as smartctl takes it; macOS lists bare names. */
const deviceOf = (disk: Disk): SmartDevice => ({
  name: disk.device.startsWith('disk') ? `/dev/${disk.device}` : disk.device,
});

function isSameDisk(disk: Disk, { device, smart }: SmartAnswer): boolean {
  const serial = serialOf(smart);
  if (serial !== undefined && serial === disk.serialNum.trim()) return true;
  return device.type === undefined && plainName(disk.device) === plainName(device.name);
}

function statusOf(smart: SmartData, before: string): string {
  const passed = (smart.smart_status as { passed?: boolean } | undefined)?.passed;
  return passed === undefined ? before : passed ? 'Ok' : 'Predicted Failure';
}

function withSmart(disk: Disk, smart: SmartData): Disk {
  return {
    ...disk,
    smartStatus: statusOf(smart, disk.smartStatus),
    temperature: smart.temperature?.current ?? disk.temperature,
    smartData: smart,
  };
}

/** A disk behind a RAID controller: the operating system does not see it, smartctl does. */
function hiddenDisk({ device, smart }: SmartAnswer): Disk[] {
  if (smart === null) return [];
  const listed = {
    device: device.name,
    type: 'rotation_rate' in smart && smart.rotation_rate !== 0 ? 'HD' : 'SSD',
    name: smart.model_name ?? '',
    size: (smart.user_capacity as { bytes?: number } | undefined)?.bytes ?? 0,
    serialNum: serialOf(smart) ?? '',
    firmwareRevision: smart.firmware_version ?? '',
    interfaceType: device.type ?? '',
    smartStatus: 'unknown',
    temperature: null,
  };
  return [withSmart(listed as unknown as Disk, smart)];
}

/**
 * The library asks for all disks in one breath, and loses the data of every one when a single one (a card reader, a USB
 * bridge) has none: so each that is still silent is asked alone, and those that only smartctl can see.
 */
async function askSilent(machine: SystemProbe, disks: readonly Disk[]): Promise<SmartAnswer[]> {
  const known = new Set(disks.filter((disk) => disk.smartData).map((disk) => plainName(disk.device)));
  const silent = disks.filter((disk) => !disk.smartData).map(deviceOf);
  const scanned = await scanDevices(machine);
  const names = new Set([...known, ...silent.map(({ name }) => plainName(name))]);
  const hidden = scanned.filter(({ name, type }) => type !== undefined || !names.has(plainName(name)));
  return Promise.all([...silent, ...hidden].map((device) => askDevice(machine, device)));
}

function accessTo(disks: readonly Disk[], hasSmartctl: boolean, answers: readonly SmartAnswer[]): SmartAccess {
  if (disks.length === 0) return { status: 'unavailable' };
  const silent = disks.filter((disk) => disk.smartData === undefined);
  if (silent.length === 0) return { status: 'ok' };
  if (!hasSmartctl) return { status: 'unavailable', reason: 'smartctl is not installed (smartmontools 7.0 or newer)' };
  const denied = answers.filter((answer) => answer.denied).map(({ device }) => device.name);
  if (denied.length > 0) {
    return {
      status: 'denied',
      reason: `smartctl may not read ${denied.join(', ')}: it needs root or an administrator`,
    };
  }
  return { status: 'unavailable', reason: `not given by ${silent.map((disk) => disk.device || disk.name).join(', ')}` };
}

/** Completes the disks with what SMART tells of them, and says whether all could be read. */
export async function readSmart(
  machine: SystemProbe,
  disks: readonly Disk[],
): Promise<{ diskLayout: unknown[]; smart: SmartAccess }> {
  const hasSmartctl = await machine.hasProgram('smartctl');
  const answers = hasSmartctl ? await askSilent(machine, disks) : [];
  const completed = disks.map((disk) => {
    const smart = disk.smartData ? null : answers.find((answer) => answer.smart && isSameDisk(disk, answer))?.smart;
    return smart ? withSmart(disk, smart) : disk;
  });
  const serials = new Set(completed.map((disk) => disk.serialNum.trim()));
  const hidden = answers
    .filter((answer) => !serials.has(serialOf(answer.smart) ?? '') && !disks.some((disk) => isSameDisk(disk, answer)))
    .flatMap(hiddenDisk);
  const all = [...completed, ...hidden];
  return {
    diskLayout: all.map(withHealth),
    smart: accessTo(all, hasSmartctl, answers),
  };
}
