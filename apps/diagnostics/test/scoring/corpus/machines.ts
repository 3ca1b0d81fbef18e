import type { Section } from '@techze/contracts';
import {
  calmLinux,
  calmWindows,
  debianOs,
  ext4,
  GB,
  goodNetwork,
  guardedLinux,
  guardedWindows,
  hardDisk,
  idleCpu,
  noBattery,
  ntfs,
  nvmeDisk,
  ok,
  roomyMemory,
  windowsBattery,
  windowsOs,
} from './parts.js';

type Sections = Record<string, Section>;

const windowsLaptop: Sections = {
  os: windowsOs,
  cpu: idleCpu(),
  memory: roomyMemory,
  storage: ok({ fsSize: [ntfs(200 * GB)], diskLayout: [nvmeDisk], disksIO: null }),
  battery: windowsBattery(48_000),
  network: goodNetwork,
  stability: calmWindows,
  security: guardedWindows,
};

const linuxDesktop: Sections = {
  os: debianOs,
  cpu: idleCpu(),
  memory: roomyMemory,
  storage: ok({ fsSize: [ext4], diskLayout: [hardDisk({})], disksIO: { tWaitPercent: 2.1 } }),
  battery: noBattery,
  network: goodNetwork,
  stability: calmLinux,
  security: guardedLinux,
};

const withDisk = (disk: ReturnType<typeof hardDisk>): Sections => ({
  ...linuxDesktop,
  storage: ok({ fsSize: [ext4], diskLayout: [disk], disksIO: null }),
});

const withEcc = (correctable: number, uncorrectable: number): Sections => ({
  ...linuxDesktop,
  memory: ok({ ...roomyMemory.data, ecc: { correctable, uncorrectable } }),
});

/** Constructed after what the library gives on each platform; every verdict is in verdicts.spec.ts. */
export const machines = {
  healthyNvmeLaptop: windowsLaptop,
  wornBatteryLaptop: { ...windowsLaptop, battery: windowsBattery(34_000) },
  deadBatteryLaptop: { ...windowsLaptop, battery: windowsBattery(21_000) },
  healthyDesktop: linuxDesktop,
  onePendingSector: withDisk(hardDisk({ pending: 1 })),
  fivePendingSectors: withDisk(hardDisk({ pending: 5 })),
  fortyPendingSectors: withDisk(hardDisk({ pending: 40 })),
  smartFailing: withDisk(hardDisk({ pending: 40, reallocated: 300, passed: false })),
  fewReallocated: withDisk(hardDisk({ reallocated: 8 })),
  fullDisk: { ...windowsLaptop, storage: ok({ fsSize: [ntfs(509.44 * GB)], diskLayout: [nvmeDisk] }) },
  nearlyFullDisk: { ...windowsLaptop, storage: ok({ fsSize: [ntfs(486.4 * GB)], diskLayout: [nvmeDisk] }) },
  bigFullDisk: { ...windowsLaptop, storage: ok({ fsSize: [ntfs(3_960 * GB, 4_000 * GB)], diskLayout: [nvmeDisk] }) },
  eccCorrected: withEcc(14, 0),
  eccUncorrected: withEcc(14, 1),
  oldWindows: {
    ...windowsLaptop,
    os: ok({
      ...windowsOs.data,
      distro: 'Microsoft Windows 10 Pro',
      release: '10.0.19045',
      build: '19045',
      codename: '22H2',
    }),
  },
  hotLaptop: { ...windowsLaptop, cpu: idleCpu({ main: 97, max: 100, cores: [97, 100, 96, 95] }) },
  /** The same temperature under the limits that its own sensors name: 100 °C is where this processor acts. */
  hotByDesign: {
    ...linuxDesktop,
    cpu: idleCpu({ main: 88, max: 88, cores: [88, 86] }),
    thermal: ok({
      sensors: [{ chip: 'coretemp', label: 'Package id 0', temperature: 88, max: 100, critical: 105 }],
      zones: [],
      fans: [],
    }),
  },
  virtualMachine: {
    os: debianOs,
    cpu: idleCpu({ main: null, max: null, cores: [] }),
    memory: ok({ ...roomyMemory.data, swaptotal: 0, swapused: 0, swapfree: 0, layout: [] }),
    storage: ok({
      fsSize: [ext4],
      diskLayout: [
        {
          device: '/dev/vda',
          type: 'HD',
          name: '',
          size: 107374182400,
          serialNum: '',
          interfaceType: '',
          smartStatus: 'unknown',
          temperature: null,
        },
      ],
      disksIO: { tWaitPercent: 0.4, rWaitPercent: null },
    }),
    battery: { status: 'unavailable', error: 'no battery in this machine', data: { hasBattery: false } },
    thermal: { status: 'unavailable', error: 'no temperature sensor can be read here' },
    network: goodNetwork,
    stability: calmLinux,
    security: ok({ firewall: null, encryption: null, secure_boot: null, reboot_required: null }),
  },
  withoutRoot: {
    ...linuxDesktop,
    storage: {
      status: 'denied',
      error: 'SMART: reading it needs root',
      data: {
        fsSize: [ext4],
        diskLayout: [{ device: '/dev/sda', serialNum: '', smartStatus: 'unknown', temperature: null }],
        disksIO: { tWaitPercent: 3 },
      },
    },
    security: { status: 'denied', error: 'needs root' },
  },
  macBook: {
    os: ok({
      platform: 'darwin',
      distro: 'macOS',
      release: '15.5',
      codename: 'Sequoia',
      build: '24F74',
      uptime: 640_000,
    }),
    cpu: idleCpu({ main: null, max: null, cores: [] }),
    memory: ok({
      total: 17179869184,
      free: 90 * 1e6,
      used: 17_089_869_184,
      active: 9 * GB,
      available: 8 * GB,
      swaptotal: 0,
      swapused: 0,
    }),
    storage: ok({
      fsSize: [
        {
          fs: '/dev/disk3s1s1',
          type: 'APFS',
          size: 494384795648,
          used: 11 * GB,
          available: 210 * GB,
          use: 4.98,
          mount: '/',
          rw: false,
        },
        {
          fs: '/dev/disk3s5',
          type: 'APFS',
          size: 494384795648,
          used: 250 * GB,
          available: 210 * GB,
          use: 54.35,
          mount: '/System/Volumes/Data',
          rw: true,
        },
        {
          fs: '/dev/disk3s6',
          type: 'APFS',
          size: 494384795648,
          used: 2 * GB,
          available: 210 * GB,
          use: 0.94,
          mount: '/System/Volumes/VM',
          rw: true,
        },
      ],
      diskLayout: [
        {
          device: 'disk0',
          type: 'NVMe',
          name: 'APPLE SSD AP0512Z',
          serialNum: '0ba0223e2f1d',
          smartStatus: 'OK',
          temperature: null,
        },
      ],
    }),
    battery: ok({
      hasBattery: true,
      cycleCount: 212,
      isCharging: false,
      designedCapacity: 55_500,
      maxCapacity: 50_505,
      percent: 64,
      acConnected: false,
      capacityUnit: 'mWh',
    }),
    network: goodNetwork,
    stability: {
      status: 'unavailable',
      error: 'crash and event counts are not read on darwin',
      data: { uptime: 640_000 },
    },
    services: { status: 'unavailable', error: 'services cannot be listed on macOS' },
    security: ok({ firewall: { enabled: false, product: 'macOS application firewall' }, encryption: { root: true } }),
  },
  fullOfNonsense: {
    ...linuxDesktop,
    memory: ok({ total: -16 * GB, available: 10 * GB }),
    cpu: ok({ currentLoad: 400, temperature: { main: 'NaN', max: 61_000 } }),
  },
} satisfies Record<string, Sections>;

export type MachineName = keyof typeof machines;
