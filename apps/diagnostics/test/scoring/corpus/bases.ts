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

export type Sections = Record<string, Section>;

/** A laptop in good health: all eight categories are observed. */
export const windowsLaptop = {
  os: windowsOs,
  cpu: idleCpu(),
  memory: roomyMemory,
  storage: ok({ fsSize: [ntfs(200 * GB)], diskLayout: [nvmeDisk], disksIO: null }),
  battery: windowsBattery(48_000),
  network: goodNetwork,
  stability: calmWindows,
  security: guardedWindows,
} satisfies Sections;

/** A desktop in good health: all but the battery. */
export const linuxDesktop = {
  os: debianOs,
  cpu: idleCpu(),
  memory: roomyMemory,
  storage: ok({ fsSize: [ext4], diskLayout: [hardDisk({})], disksIO: { tWaitPercent: 2.1 } }),
  battery: noBattery,
  network: goodNetwork,
  stability: calmLinux,
  security: guardedLinux,
} satisfies Sections;

/** The laptop with its C: so full, and what else is said of its file system. */
export const withFileSystem = (fileSystem: object): Sections => ({
  ...windowsLaptop,
  storage: ok({ fsSize: [fileSystem], diskLayout: [nvmeDisk] }),
});

/** The desktop with another disk. */
export const withDisk = (disk: object): Sections => ({
  ...linuxDesktop,
  storage: ok({ fsSize: [ext4], diskLayout: [disk], disksIO: null }),
});
