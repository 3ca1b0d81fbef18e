import { linuxDesktop, type Sections } from './bases.js';
import { GB, hardDisk, ok } from './parts.js';

const TB = 1000 * GB;

/** A dataset of the pool `tank`: all of them share the 0.7 TB that are left. */
const dataset = (name: string, usedBytes: number) => ({
  fs: name,
  type: 'zfs',
  size: usedBytes + 0.7 * TB,
  used: usedBytes,
  available: 0.7 * TB,
  use: Math.round((usedBytes / (usedBytes + 0.7 * TB)) * 10_000) / 100,
  mount: `/${name}`,
  rw: true,
});

const unit = (name: string, state: 'active' | 'inactive' | 'failed') => ({
  name,
  running: state === 'active',
  state,
  failed: state === 'failed',
  startmode: 'enabled',
});

export const servers = {
  /** As the agent with root tells it: a RAID controller that hides its disks, a ZFS pool, ECC memory, a unit that failed. */
  raidAndZfsServer: {
    ...linuxDesktop,
    os: ok({
      platform: 'linux',
      distro: 'Ubuntu',
      release: '22.04.5 LTS',
      codename: 'Jammy Jellyfish',
      uptime: 864_000,
    }),
    memory: ok({
      total: 64 * GB,
      available: 30 * GB,
      active: 34 * GB,
      swaptotal: 8 * GB,
      swapused: 0,
      ecc: { correctable: 3, uncorrectable: 0 },
    }),
    storage: ok({
      fsSize: [
        {
          fs: '/dev/md0',
          type: 'ext4',
          size: 250 * GB,
          used: 100 * GB,
          available: 150 * GB,
          use: 40,
          mount: '/',
          rw: true,
        },
        dataset('tank', 0.01 * TB),
        dataset('tank/data', 9.3 * TB),
        dataset('tank/vm', 1 * TB),
        {
          fs: '/dev/loop0',
          type: 'squashfs',
          size: 70e6,
          used: 70e6,
          available: 0,
          use: 100,
          mount: '/snap/core22/1',
          rw: false,
        },
      ],
      diskLayout: [
        {
          device: '/dev/sda',
          type: 'HD',
          name: 'PERC H730 Mini',
          serialNum: '00a1b2c3d4',
          interfaceType: 'RAID',
          smartStatus: 'not supported',
          temperature: null,
        },
        hardDisk({ celsius: 41 }),
      ],
      disksIO: { tWaitPercent: 22 },
    }),
    services: ok({
      total: 3,
      services: [unit('zfs-zed', 'failed'), unit('nginx', 'active'), unit('fsck', 'inactive')],
    }),
    stability: ok({
      oom_kills: 0,
      reboot_required: false,
      clock_synchronised: true,
      failed_units: ['zfs-zed.service'],
    }),
    security: ok({ firewall: [{ profile: 'ufw', enabled: true }], encryption: [{ volume: '/', encrypted: false }] }),
  },
} satisfies Record<string, Sections>;
