import type { Section } from '@techze/contracts';

export const GB = 1e9;

export const ok = (data: Record<string, unknown>): Section => ({ status: 'ok', data });

/** A SMART row as `smartctl -a -j` prints it. */
export const attribute = (id: number, name: string, raw: number, when_failed = '') => ({
  id,
  name,
  value: 100,
  worst: 100,
  thresh: 10,
  when_failed,
  flags: { value: 51, string: 'PO--CK', prefailure: true, updated_online: true },
  raw: { value: raw, string: String(raw) },
});

/** A mechanical disk of which all is well but what is given. */
export function hardDisk({
  pending = 0,
  reallocated = 0,
  crcErrors = 0,
  passed = true,
  celsius = 36,
  more = [] as readonly ReturnType<typeof attribute>[],
}) {
  return {
    device: '/dev/sda',
    type: 'HD',
    name: 'WDC WD10EZEX-08WN4A0',
    vendor: 'Western Digital',
    size: 1000204886016,
    firmwareRevision: '01.01A01',
    serialNum: 'WD-WCC6Y0KX1234',
    interfaceType: 'SATA',
    smartStatus: passed ? 'Ok' : 'Predicted Failure',
    temperature: celsius,
    smartData: {
      smartctl: { version: [7, 3], exit_status: passed ? 0 : 8 },
      device: { name: '/dev/sda', type: 'sat', protocol: 'ATA' },
      smart_status: { passed },
      ata_smart_attributes: {
        revision: 16,
        table: [
          attribute(1, 'Raw_Read_Error_Rate', 0),
          attribute(5, 'Reallocated_Sector_Ct', reallocated),
          attribute(9, 'Power_On_Hours', 31245),
          attribute(10, 'Spin_Retry_Count', 0),
          attribute(194, 'Temperature_Celsius', celsius),
          attribute(197, 'Current_Pending_Sector', pending),
          attribute(198, 'Offline_Uncorrectable', 0),
          attribute(199, 'UDMA_CRC_Error_Count', crcErrors),
          ...more,
        ],
      },
      temperature: { current: celsius },
      power_on_time: { hours: 31245 },
    },
  };
}

/** A solid-state disk in good health. */
export const nvmeDisk = {
  device: '/dev/nvme0n1',
  type: 'NVMe',
  name: 'Samsung SSD 980 PRO 1TB',
  vendor: 'Samsung',
  size: 1000204886016,
  firmwareRevision: '5B2QGXA7',
  serialNum: 'S5GXNX0T123456A',
  interfaceType: 'PCIe',
  smartStatus: 'Ok',
  temperature: 41,
  smartData: {
    smartctl: { version: [7, 3], exit_status: 0 },
    device: { name: '/dev/nvme0n1', type: 'nvme', protocol: 'NVMe' },
    smart_status: { passed: true, nvme: { value: 0 } },
    nvme_composite_temperature_threshold: { warning: 82, critical: 85 },
    nvme_smart_health_information_log: {
      critical_warning: 0,
      temperature: 41,
      available_spare: 100,
      available_spare_threshold: 10,
      percentage_used: 3,
      unsafe_shutdowns: 42,
      media_errors: 0,
    },
    temperature: { current: 41 },
  },
};

/** The same disk with other values in its health log. */
export const nvmeHealth = (log: Record<string, number>) => ({
  ...nvmeDisk,
  smartData: {
    ...nvmeDisk.smartData,
    nvme_smart_health_information_log: { ...nvmeDisk.smartData.nvme_smart_health_information_log, ...log },
  },
});

export const windowsOs = ok({
  platform: 'Windows',
  distro: 'Microsoft Windows 11 Pro',
  release: '10.0.26200',
  build: '26200',
  codename: '25H2',
  kernel: '10.0.26200',
  arch: 'x64',
  hostname: 'BALCAO-03',
  uptime: 201_600,
});

export const debianOs = ok({
  platform: 'linux',
  distro: 'Debian GNU/Linux',
  release: '13',
  codename: 'trixie',
  kernel: '6.12.41',
  arch: 'x64',
  hostname: 'oficina',
  uptime: 86_400,
});

export const idleCpu = (temperature: Record<string, unknown> = { main: 46, max: 49, cores: [45, 49, 46, 44] }) =>
  ok({
    manufacturer: 'Intel',
    brand: 'Core™ i5-1135G7',
    cores: 8,
    physicalCores: 4,
    speed: 2.4,
    avgLoad: 0.21,
    currentLoad: 6.4,
    currentLoadIdle: 93.6,
    temperature,
  });

export const roomyMemory = ok({
  total: 16 * GB,
  free: 4 * GB,
  used: 12 * GB,
  active: 6 * GB,
  available: 10 * GB,
  buffcache: 6 * GB,
  swaptotal: 2 * GB,
  swapused: 0,
  swapfree: 2 * GB,
  layout: [{ size: 16 * GB, bank: 'BANK 0', type: 'DDR4', ecc: false, clockSpeed: 3200 }],
});

export const goodNetwork = ok({
  interfaces: [
    { iface: 'eth0', default: true, internal: false, virtual: false, operstate: 'up', type: 'wired', speed: 1000 },
  ],
  stats: [
    {
      iface: 'eth0',
      operstate: 'up',
      rx_bytes: 8_123_456_789,
      rx_dropped: 12,
      rx_errors: 0,
      tx_bytes: 912_345_678,
      tx_dropped: 0,
      tx_errors: 0,
      rx_sec: 1024,
      tx_sec: 512,
      ms: 1000,
    },
  ],
  gateway: '192.168.0.1',
  latency_ms: 14.2,
  connectivity: true,
});

export const calmWindows = ok({
  stability_index: 9.2,
  bugchecks_7d: 0,
  unexpected_shutdowns_7d: 0,
  crashes_7d: 1,
  hardware_errors_7d: 0,
  disk_errors_7d: 0,
  reboot_required: false,
  uptime: 201_600,
});

export const calmLinux = ok({ uptime: 86_400, oom_kills: 0, reboot_required: false, failed_units: [] });

export const guardedWindows = ok({
  firewall: [
    { profile: 'Domain', enabled: true },
    { profile: 'Private', enabled: true },
    { profile: 'Public', enabled: true },
  ],
  antivirus: [{ name: 'Windows Defender', enabled: true, up_to_date: true }],
  encryption: [{ volume: 'C:', encrypted: true }],
});

export const guardedLinux = ok({ firewall: { enabled: true, product: 'ufw' }, encryption: { root: true } });

export const ntfs = (usedBytes: number, size = 512 * GB) => ({
  fs: 'C:',
  type: 'NTFS',
  size,
  used: usedBytes,
  available: size - usedBytes,
  use: Math.round((usedBytes / size) * 10_000) / 100,
  mount: 'C:',
  rw: true,
});

export const ext4 = {
  fs: '/dev/sda2',
  type: 'ext4',
  size: 983 * GB,
  used: 300 * GB,
  available: 633 * GB,
  use: 32.15,
  mount: '/',
  rw: true,
};

/** What the library says of a machine that runs on mains alone. */
export const noBattery = ok({
  hasBattery: false,
  cycleCount: 0,
  isCharging: false,
  designedCapacity: 0,
  maxCapacity: 0,
  currentCapacity: 0,
  percent: 0,
  acConnected: true,
});

/** Windows counts no cycles: the agent says null. */
export const windowsBattery = (maxCapacity: number) =>
  ok({
    hasBattery: true,
    cycleCount: null,
    isCharging: false,
    voltage: 11.55,
    designedCapacity: 50_000,
    maxCapacity,
    currentCapacity: Math.round(maxCapacity * 0.8),
    capacityUnit: 'mWh',
    percent: 80,
    acConnected: true,
    type: 'LION',
    model: 'DELL 1VX1H35',
  });

/** As Linux tells it, capacities in mWh. */
export const linuxBattery = ({ designed, full, cycles }: { designed: number; full: number; cycles: number }) =>
  ok({
    hasBattery: true,
    cycleCount: cycles,
    isCharging: false,
    designedCapacity: designed,
    maxCapacity: full,
    currentCapacity: full,
    capacityUnit: 'mWh',
    percent: 100,
    acConnected: true,
    type: 'Li-poly',
  });
