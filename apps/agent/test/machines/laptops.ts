import type { SystemProbe } from '../../src/machine/system-probe.js';
import { bareMachine } from './bare-machine.js';
import { disk } from './disks.js';

const answer =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const noInventory = { version: '', assetTag: '', sku: '' };

const battery = {
  hasBattery: true,
  cycleCount: 312,
  isCharging: false,
  voltage: 11.4,
  designedCapacity: 50010,
  maxCapacity: 41200,
  currentCapacity: 30000,
  capacityUnit: 'mWh',
  percent: 73,
  timeRemaining: 180,
  acConnected: false,
  type: 'Li-poly',
  model: '5B10W139',
  manufacturer: 'SMP',
  serial: '1234',
};

/** As a ThinkPad's battery tells: energy in µWh, power in µW. */
export const uevent = `POWER_SUPPLY_NAME=BAT0
POWER_SUPPLY_TYPE=Battery
POWER_SUPPLY_STATUS=Discharging
POWER_SUPPLY_PRESENT=1
POWER_SUPPLY_TECHNOLOGY=Li-poly
POWER_SUPPLY_CYCLE_COUNT=312
POWER_SUPPLY_VOLTAGE_MIN_DESIGN=11520000
POWER_SUPPLY_VOLTAGE_NOW=11400000
POWER_SUPPLY_POWER_NOW=10000000
POWER_SUPPLY_ENERGY_FULL_DESIGN=50010000
POWER_SUPPLY_ENERGY_FULL=41200000
POWER_SUPPLY_ENERGY_NOW=30000000
POWER_SUPPLY_CAPACITY=73
POWER_SUPPLY_MODEL_NAME=5B10W139
POWER_SUPPLY_MANUFACTURER=SMP
POWER_SUPPLY_SERIAL_NUMBER= 1234
`;

/** A ThinkPad on which the agent runs without root, with smartctl, systemd and ufw. */
export function linuxLaptop(facts: Partial<SystemProbe> = {}): SystemProbe {
  return bareMachine({
    hostname: () => 'balcao-03',
    isRoot: false,
    system: answer({
      manufacturer: 'LENOVO',
      model: '20XW00AAUS',
      serial: 'PF3ABCDE',
      uuid: '4C4C4544-0051-3510-8052-B4C04F4B4E32',
      virtual: false,
      ...noInventory,
    }),
    fsSize: answer([
      {
        fs: '/dev/mapper/vg-root',
        type: 'ext4',
        size: 5e11,
        used: 4.6e11,
        available: 4e10,
        use: 92,
        mount: '/',
        rw: true,
      },
    ]),
    diskLayout: answer([disk({ device: '/dev/nvme0n1', type: 'NVMe', interfaceType: 'PCIe', serialNum: 'S4EVNX0R' })]),
    cpuTemperature: answer({ main: 61, max: 64, cores: [60, 64], socket: [27.8], chipset: 48 }),
    files: {
      '/proc/1/comm': 'systemd\n',
      '/proc/vmstat': 'nr_free_pages 1000\noom_kill 2\nballoon_inflate 0\n',
      '/proc/self/mounts': 'proc /proc proc rw 0 0\n/dev/mapper/vg-root / ext4 rw,relatime 0 0\n',
      '/etc/ufw/ufw.conf': '# comment\nENABLED=yes\nLOGLEVEL=low\n',
      '/sys/class/power_supply/AC/uevent': 'POWER_SUPPLY_NAME=AC\nPOWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=0\n',
      '/sys/class/power_supply/BAT0/uevent': uevent,
      '/run/reboot-required': '*** System restart required ***\n',
      '/sys/class/block/dm-0/dm/name': 'luks\n',
      '/sys/class/block/dm-0/dm/uuid': 'CRYPT-LUKS2-0123456789abcdef-luks\n',
      '/sys/class/block/dm-1/dm/name': 'vg-root\n',
      '/sys/class/block/dm-1/dm/uuid': 'LVM-abcdef\n',
      '/sys/class/block/dm-1/slaves/dm-0/size': '1\n',
      '/sys/class/thermal/thermal_zone0/type': 'acpitz\n',
      '/sys/class/thermal/thermal_zone0/temp': '52000\n',
      '/sys/class/thermal/thermal_zone0/trip_point_0_type': 'critical\n',
      '/sys/class/thermal/thermal_zone0/trip_point_0_temp': '98000\n',
      '/sys/class/thermal/thermal_zone1/type': 'iwlwifi_1\n',
      '/sys/class/thermal/thermal_zone1/temp': 'DENIED',
      '/sys/class/hwmon/hwmon0/name': 'nvme\n',
      '/sys/class/hwmon/hwmon0/temp1_input': '38850\n',
      '/sys/class/hwmon/hwmon0/temp1_label': 'Composite\n',
      '/sys/class/hwmon/hwmon0/temp1_max': '81850\n',
      '/sys/class/hwmon/hwmon0/temp1_crit': '84850\n',
      '/sys/class/hwmon/hwmon1/name': 'thinkpad\n',
      '/sys/class/hwmon/hwmon1/fan1_input': '2410\n',
    },
    programs: {
      'smartctl --version': {},
      'systemctl list-units --all --type=service --no-legend --no-pager --plain --full': {
        stdout: [
          'cron.service loaded active running Regular background program processing daemon',
          'apache2.service loaded failed failed The Apache HTTP Server',
          'gone.service not-found inactive dead gone.service',
        ].join('\n'),
      },
      'systemctl list-unit-files --type=service --no-legend --no-pager --plain --full': {
        stdout: 'cron.service enabled enabled\napache2.service enabled enabled\n',
      },
      'systemctl list-units --state=failed --no-legend --no-pager --plain --full': {
        stdout: 'apache2.service loaded failed failed The Apache HTTP Server\n',
      },
    },
    ...facts,
  });
}

/** A white-box Windows PC: placeholders in the firmware, no disk rates, no cycle count (the library's README). */
export function windowsPc(facts: Partial<SystemProbe> = {}): SystemProbe {
  return bareMachine({
    platform: 'win32',
    isRoot: null,
    hostname: () => 'CAIXA-01',
    system: answer({
      manufacturer: 'To be filled by O.E.M.',
      model: 'System Product Name',
      serial: 'Default string',
      uuid: '03000200-0400-0500-0006-000700080009',
      virtual: false,
      ...noInventory,
    }),
    uuid: answer({ os: '…', hardware: '03000200-0400-0500-0006-000700080009', macs: ['d8:bb:c1:00:11:22'] }),
    battery: answer({ ...battery, cycleCount: 0, timeRemaining: 0, designedCapacity: 0 }),
    fsSize: answer([
      { fs: 'C:', type: 'NTFS', size: 2.4e11, used: 2.3e11, available: 1e10, use: 95.8, mount: 'C:', rw: true },
    ]),
    diskLayout: answer([disk({ device: '\\\\.\\PHYSICALDRIVE0', smartStatus: 'Ok' })]),
    services: answer([
      { name: 'wuauserv', running: false, startmode: 'Manual', pids: [], cpu: 0, mem: 0 },
      { name: 'Spooler', running: true, startmode: 'Auto', pids: [2112], cpu: 0, mem: 0 },
    ]),
    ...facts,
  });
}

/** A MacBook: no list of services, `Verified` as `OK`, protection told by Apple's own programs. */
export function macBook(facts: Partial<SystemProbe> = {}): SystemProbe {
  return bareMachine({
    platform: 'darwin',
    isRoot: false,
    hostname: () => 'Estudio.local',
    system: answer({
      manufacturer: 'Apple Inc.',
      model: 'MacBookPro18,3',
      serial: 'FVFG10AAQ05P',
      uuid: '0B0C0D0E-1111-2222-3333-444455556666',
      virtual: false,
      ...noInventory,
    }),
    battery: answer(battery),
    diskLayout: answer([disk({ device: 'disk0', type: 'NVMe', smartStatus: 'OK' })]),
    disksIO: answer({
      rIO: 1000,
      wIO: 500,
      tIO: 1500,
      rIO_sec: 10,
      wIO_sec: 5,
      tIO_sec: 15,
      rWaitTime: 0,
      wWaitTime: 0,
      tWaitTime: 0,
      rWaitPercent: null,
      wWaitPercent: null,
      tWaitPercent: null,
      ms: 1002,
    }),
    programs: {
      '/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate': {
        stdout: 'Firewall is disabled. (State = 0)\n',
      },
      '/usr/bin/fdesetup status': { stdout: 'FileVault is On.\n' },
      '/usr/sbin/spctl --status': { stdout: 'assessments enabled\n' },
      '/bin/launchctl list': {
        stdout: [
          'PID\tStatus\tLabel',
          '512\t0\tcom.apple.Finder',
          '-\t78\tcom.example.backup',
          '-\t-9\tcom.example.helper',
        ].join('\n'),
      },
      '/bin/ps -axo pid=,comm=': {
        stdout: '    1 /sbin/launchd\n  512 /Applications/Google Chrome.app/Contents/MacOS/Google Chrome\n',
      },
      '/usr/bin/csrutil status': { stdout: 'System Integrity Protection status: enabled.\n' },
    },
    ...facts,
  });
}
