import { linuxDesktop, windowsLaptop, type Sections } from './bases.js';
import { GB, goodNetwork, idleCpu, linuxBattery, ok, roomyMemory, windowsBattery, windowsOs } from './parts.js';

const withEcc = (correctable: number, uncorrectable: number): Sections => ({
  ...linuxDesktop,
  memory: ok({ ...roomyMemory.data, ecc: { correctable, uncorrectable } }),
});

/** PCs as a shop sees them, and what may be the matter beside the disk. */
export const computers = {
  healthyNvmeLaptop: windowsLaptop,
  healthyDesktop: linuxDesktop,
  wornBatteryLaptop: { ...windowsLaptop, battery: windowsBattery(34_000) },
  deadBatteryLaptop: { ...windowsLaptop, battery: windowsBattery(21_000) },
  emptyBatteryLaptop: {
    ...windowsLaptop,
    battery: ok({ ...windowsBattery(48_000).data, percent: 6, acConnected: false }),
  },
  /** What the library can say without administrator rights: no capacity, no cycles. */
  unreadableBatteryLaptop: {
    ...windowsLaptop,
    battery: ok({
      hasBattery: true,
      cycleCount: null,
      designedCapacity: null,
      maxCapacity: null,
      percent: 64,
      isCharging: false,
      acConnected: true,
    }),
  },
  eccCorrected: withEcc(14, 0),
  eccUncorrected: withEcc(14, 1),
  shortOfMemory: {
    ...linuxDesktop,
    memory: ok({
      total: 8 * GB,
      available: 0.4 * GB,
      used: 7.9 * GB,
      active: 7.6 * GB,
      swaptotal: 2 * GB,
      swapused: 1.9 * GB,
    }),
  },
  hotLaptop: { ...windowsLaptop, cpu: idleCpu({ main: 97, max: 100, cores: [97, 100, 96, 95] }) },
  /** Nearly as hot, under the limits that its own sensors name: 100 °C is where this processor acts. */
  hotByDesign: {
    ...linuxDesktop,
    cpu: idleCpu({ main: 88, max: 88, cores: [88, 86] }),
    thermal: ok({
      sensors: [{ chip: 'coretemp', label: 'Package id 0', temperature: 88, max: 100, critical: 105 }],
      zones: [],
      fans: [],
    }),
  },
  /** Fans full of dust and a tired battery: beyond the trip points of its own firmware. */
  oldLaptopOverTripPoint: {
    ...linuxDesktop,
    cpu: idleCpu({ main: 93, max: 94, cores: [93, 94], passive: 85, hot: 92, critical: 100 }),
    battery: linuxBattery({ designed: 57_000, full: 35_340, cycles: 1240 }),
  },
  gamingPcHotGpu: {
    ...windowsLaptop,
    cpu: ok({ ...idleCpu({ main: 78, max: 78, cores: [] }).data, currentLoad: 72 }),
    battery: ok({ hasBattery: false }),
    graphics: ok({
      controllers: [
        { vendor: 'NVIDIA', model: 'GeForce RTX 3080', busAddress: '01:00.0', temperatureGpu: 94, utilizationGpu: 99 },
      ],
      displays: [],
    }),
  },
  crashingWindows: {
    ...windowsLaptop,
    stability: ok({
      stability_index: 2.4,
      bugchecks_7d: 6,
      unexpected_shutdowns_7d: 3,
      crashes_7d: 14,
      hardware_errors_7d: 12,
      disk_errors_7d: 0,
      reboot_required: false,
    }),
  },
  /** Windows 10 Home and Pro got their last free update on 14 October 2025. */
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
  unguardedWindows: {
    ...windowsLaptop,
    security: ok({
      firewall: [
        { profile: 'Domain', enabled: true },
        { profile: 'Private', enabled: false },
        { profile: 'Public', enabled: true },
      ],
      antivirus: [{ name: 'Expired Antivirus', enabled: false, up_to_date: false }],
      encryption: [{ volume: 'C:', encrypted: false }],
    }),
  },
  lossyNetwork: { ...windowsLaptop, network: ok({ ...goodNetwork.data, latency_ms: 620, packet_loss_percent: 7 }) },
} satisfies Record<string, Sections>;
