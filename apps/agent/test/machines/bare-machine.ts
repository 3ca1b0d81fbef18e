import type { SystemProbe } from '../../src/machine/system-probe.js';

/** The text of each file; `DENIED` stands for a refusal to read it. */
export type FakeFiles = Record<string, string>;
/** What a program prints, by its command line. */
export type FakePrograms = Record<string, { code?: number | null; stdout?: string; stderr?: string }>;

export interface FakeMachineFacts extends Partial<SystemProbe> {
  files?: FakeFiles;
  /** When files were written; just now unless it is said. */
  times?: Record<string, Date>;
  programs?: FakePrograms;
}

function denied(path: string): Error {
  return Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' });
}

/** A folder is there when a file lies below it. */
function namesBelow(files: FakeFiles, folder: string): string[] {
  const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
  return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort();
}

const noLoad = {
  avgLoad: 0.1,
  currentLoad: 12.5,
  currentLoadUser: 8,
  currentLoadSystem: 4.5,
  currentLoadNice: 0,
  currentLoadIdle: 87.5,
  currentLoadIrq: 0,
  currentLoadSteal: 0,
  currentLoadGuest: 0,
  rawCurrentLoad: 125,
  rawCurrentLoadUser: 80,
  rawCurrentLoadSystem: 45,
  rawCurrentLoadNice: 0,
  rawCurrentLoadIdle: 875,
  rawCurrentLoadIrq: 0,
  rawCurrentLoadSteal: 0,
  rawCurrentLoadGuest: 0,
  cpus: [],
};

/** A Linux container without sensors, disks or firmware tables, as the library reports one; facts replace its parts. */
export function bareMachine({ files = {}, times = {}, programs = {}, ...facts }: FakeMachineFacts = {}): SystemProbe {
  const answer =
    <T>(value: T) =>
    () =>
      Promise.resolve(value);
  return {
    system: answer({
      manufacturer: '',
      model: 'Docker Container',
      version: '',
      serial: '-',
      uuid: '',
      sku: '-',
      virtual: true,
    }),
    bios: answer({ vendor: '', version: '', releaseDate: '', revision: '' }),
    baseboard: answer({
      manufacturer: '',
      model: '',
      version: '',
      serial: '',
      assetTag: '',
      memMax: null,
      memSlots: null,
    }),
    chassis: answer({ manufacturer: '', model: '', type: '', version: '', serial: '', assetTag: '', sku: '' }),
    uuid: answer({ os: '3d1219c7c4c5404aaa1f6d2a48adfda4', hardware: '', macs: ['02:fc:00:00:00:01'] }),
    osInfo: answer({
      platform: 'linux',
      distro: 'Debian GNU/Linux',
      release: '12',
      codename: 'bookworm',
      kernel: '6.18.44',
      arch: 'x64',
      hostname: 'c0ffee',
      fqdn: 'c0ffee',
      codepage: 'UTF-8',
      logofile: 'debian',
      serial: '3d1219c7c4c5404aaa1f6d2a48adfda4',
      build: '',
      servicepack: '',
      uefi: false,
    }),
    cpu: answer({
      manufacturer: 'AMD',
      brand: 'EPYC',
      vendor: 'AMD',
      family: '25',
      model: '17',
      stepping: '1',
      revision: '',
      voltage: '',
      speed: 0,
      speedMin: 0,
      speedMax: 0,
      governor: '',
      cores: 2,
      physicalCores: 2,
      processors: 1,
      socket: '',
      flags: 'fpu',
      virtualization: false,
      cache: { l1d: 65536, l1i: 65536, l2: 2097152, l3: 33554432 },
    }),
    currentLoad: answer(noLoad),
    // The library's types say number, its answer without a sensor is null.
    cpuTemperature: answer({ main: null as unknown as number, max: null as unknown as number, cores: [], socket: [] }),
    mem: answer({
      total: 4294967296,
      free: 1073741824,
      used: 3221225472,
      active: 1073741824,
      available: 3221225472,
      buffcache: 2147483648,
      buffers: 1000,
      cached: 2147000000,
      slab: 0,
      reclaimable: 0,
      swaptotal: 0,
      swapused: 0,
      swapfree: 0,
      writeback: 0,
      dirty: 0,
    }),
    memLayout: answer([
      {
        size: 4294967296,
        bank: '',
        type: '',
        ecc: null,
        clockSpeed: 0,
        formFactor: '',
        partNum: '',
        serialNum: '',
        voltageConfigured: null,
        voltageMin: null,
        voltageMax: null,
      },
    ]),
    fsSize: answer([
      { fs: 'overlay', type: 'overlay', size: 1e11, used: 4e10, available: 6e10, use: 40, mount: '/', rw: true },
    ]),
    diskLayout: answer([]),
    disksIO: answer(null),
    battery: answer({
      hasBattery: false,
      cycleCount: 0,
      isCharging: false,
      designedCapacity: 0,
      maxCapacity: 0,
      currentCapacity: 0,
      voltage: 0,
      capacityUnit: '',
      percent: 0,
      timeRemaining: 0,
      acConnected: true,
      type: '',
      model: '',
      manufacturer: '',
      serial: '',
    }),
    networkInterfaces: answer([networkCard]),
    networkStats: answer([
      {
        iface: 'eth0',
        operstate: 'up',
        rx_bytes: 1000,
        rx_dropped: 0,
        rx_errors: 0,
        tx_bytes: 1000,
        tx_dropped: 0,
        tx_errors: 0,
        rx_sec: 12.5,
        tx_sec: 3,
        ms: 1001,
      },
    ]),
    networkGatewayDefault: answer('192.0.2.1'),
    graphics: answer({ controllers: [], displays: [] }),
    processes: answer({ all: 0, running: 0, blocked: 0, sleeping: 0, unknown: 0, list: [] }),
    services: answer([]),
    users: answer([]),
    networkConnections: answer([]),
    wifiConnections: answer([]),
    platform: 'linux',
    isRoot: true,
    pid: 4242,
    hostname: () => 'c0ffee',
    uptimeSeconds: () => 3600.4,
    readText: (path) => {
      if (files[path] === 'DENIED') return Promise.reject(denied(path));
      return Promise.resolve(files[path] ?? null);
    },
    listFolder: (path) => {
      if (files[path] === 'DENIED') return Promise.reject(denied(path));
      return Promise.resolve(namesBelow(files, path));
    },
    modifiedAt: (path) => Promise.resolve(files[path] === undefined ? null : (times[path] ?? new Date())),
    hasProgram: (name) => Promise.resolve(Object.keys(programs).some((line) => line.split(' ')[0] === name)),
    runProgram: (program, args) => {
      const known = programs[[program, ...args].join(' ')];
      return Promise.resolve({ code: known ? 0 : null, stdout: '', stderr: '', ...known });
    },
    connectMs: () => Promise.reject(new Error('connect ECONNREFUSED')),
    pause: () => Promise.resolve(),
    ...facts,
  };
}

export const networkCard = {
  iface: 'eth0',
  ifaceName: 'eth0',
  default: true,
  ip4: '192.0.2.2',
  ip4subnet: '255.255.255.0',
  ip6: '',
  ip6subnet: '',
  mac: '02:fc:00:00:00:01',
  internal: false,
  virtual: false,
  operstate: 'up',
  type: 'wired',
  duplex: 'unknown',
  mtu: 1400,
  speed: -1,
  dhcp: false,
  dnsSuffix: 'Unknown',
  ieee8021xAuth: 'Not defined',
  ieee8021xState: 'Disabled',
  carrierChanges: 2,
};
