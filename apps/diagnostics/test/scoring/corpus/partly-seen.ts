import { linuxDesktop, type Sections } from './bases.js';
import { calmLinux, debianOs, ext4, GB, goodNetwork, idleCpu, ok, roomyMemory } from './parts.js';

/** Machines that show only a part of themselves: what is not seen is unknown, neither good nor bad. */
export const partlySeen = {
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
  onlyMemory: { memory: roomyMemory },
} satisfies Record<string, Sections>;
