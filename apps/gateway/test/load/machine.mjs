import { randomUUID } from 'node:crypto';

const ok = (data, collected_ms = 12) => ({ status: 'ok', collected_ms, data });
const times = (count, make) => Array.from({ length: count }, (_each, index) => make(index));
const GB = 1e9;

const attribute = (id) => ({
  id,
  name: `Attribute_${id}`,
  value: 100,
  worst: 99,
  thresh: 10,
  when_failed: '',
  flags: {
    value: 51,
    string: 'PO--CK ',
    prefailure: true,
    updated_online: true,
    performance: false,
    error_rate: false,
  },
  raw: { value: 0, string: '0' },
});
const ATTRIBUTES = [1, 3, 4, 5, 7, 9, 10, 11, 12, 183, 184, 187, 188, 190, 192, 193, 194, 196, 197, 198, 199, 241];

const disk = (index, mark) => ({
  device: `/dev/sd${'ab'[index]}`,
  type: index === 0 ? 'SSD' : 'HD',
  name: 'WDC WD10SPZX-24Z10T0',
  vendor: 'Western Digital',
  size: 1000 * GB,
  bytesPerSector: 512,
  firmwareRevision: '04.01A04',
  serialNum: `${mark}-${index}`,
  interfaceType: 'SATA',
  smartStatus: 'Ok',
  temperature: 36,
  smartData: {
    smartctl: { version: [7, 3], exit_status: 0 },
    power_on_time: { hours: 18_231 },
    temperature: { current: 36 },
    smart_status: { passed: true },
    ata_smart_attributes: { revision: 16, table: ATTRIBUTES.map(attribute) },
  },
});

/** A laptop of an office as an agent with root sees it: all sections, about 50 kB. `mark` tells machines apart. */
export function machine(mark) {
  return {
    device: {
      hostname: `load-${mark}`,
      serial: `LOAD-${mark}`,
      manufacturer: 'LENOVO',
      model: '20XW',
      macs: ['00:11:22:33:44:55'],
    },
    type: 'full',
    collected_at: new Date().toISOString(),
    duration_ms: 4_180,
    schema_version: 1,
    tags: ['load'],
    agent: { version: '1.0.0' },
    sections: {
      system: ok({
        manufacturer: 'LENOVO',
        model: '20XW',
        serial: mark,
        uuid: randomUUID(),
        bios: { vendor: 'LENOVO', version: 'N32ET91W' },
      }),
      os: ok({
        platform: 'linux',
        distro: 'Ubuntu',
        release: '24.04.1 LTS',
        kernel: '6.8.0-49-generic',
        arch: 'x64',
        uptime: 183_422,
      }),
      cpu: ok({
        manufacturer: 'Intel',
        brand: 'Core i7-1185G7',
        cores: 8,
        avgLoad: 0.42,
        currentLoad: 17.3,
        cpus: times(8, () => ({
          load: 17.31,
          loadUser: 12.02,
          loadSystem: 4.11,
          loadNice: 0,
          loadIdle: 82.69,
          loadIrq: 0,
        })),
        temperature: { main: 58, max: 61, cores: [57, 58, 61, 56], chipset: null },
      }),
      memory: ok({
        total: 16.6 * GB,
        used: 15.1 * GB,
        active: 8.2 * GB,
        available: 8.4 * GB,
        swaptotal: 4 * GB,
        swapused: 0.2 * GB,
        layout: times(2, (bank) => ({
          size: 8.6 * GB,
          bank: `BANK ${bank}`,
          type: 'DDR4',
          ecc: false,
          clockSpeed: 3200,
          manufacturer: 'Samsung',
          partNum: 'M471A1G44AB0-CWE',
          serialNum: '00000000',
        })),
      }),
      storage: ok({
        fsSize: times(5, (index) => ({
          fs: `/dev/sda${index}`,
          type: 'ext4',
          size: 200 * GB,
          used: 91 * GB,
          available: 109 * GB,
          use: 45.5,
          mount: `/volume${index}`,
          rw: true,
        })),
        diskLayout: times(2, (index) => disk(index, mark)),
        disksIO: { rIO: 812_211, wIO: 1_221_902, tIO: 2_034_113, rIO_sec: 3.1, wIO_sec: 11.4, tWaitPercent: 1.2 },
      }),
      battery: ok({
        hasBattery: true,
        cycleCount: 311,
        designedCapacity: 57_000,
        maxCapacity: 49_210,
        currentCapacity: 40_100,
        percent: 81,
        isCharging: false,
        acConnected: true,
      }),
      thermal: ok({
        sensors: times(6, (index) => ({
          chip: `acpitz-${index}`,
          label: 'temp1',
          temperature: 48,
          high: 90,
          critical: 105,
        })),
      }),
      network: ok({
        interfaces: times(4, (index) => ({
          iface: `eth${index}`,
          operstate: 'up',
          speed: 1000,
          duplex: 'full',
          type: 'wired',
          dhcp: true,
          mac: '00:11:22:33:44:55',
          ip4: '192.0.2.7',
        })),
        stats: times(4, (index) => ({
          iface: `eth${index}`,
          rx_bytes: 8e9,
          tx_bytes: 2e9,
          rx_errors: 0,
          tx_errors: 0,
          rx_dropped: 12,
          tx_dropped: 0,
          rx_sec: 1221,
          tx_sec: 881,
        })),
        latency_ms: 14,
        connectivity: { ok: true, status: 204, ms: 41 },
      }),
      graphics: ok({
        controllers: [{ vendor: 'Intel', model: 'Iris Xe', vram: 256, driverVersion: '31.0' }],
        displays: times(2, () => ({ resolutionX: 1920, resolutionY: 1080 })),
      }),
      processes: ok({
        all: 391,
        running: 2,
        blocked: 0,
        list: times(60, (index) => ({
          pid: 1_000 + index,
          name: `process-${index}`,
          cpu: 0.41,
          mem: 0.62,
          memRss: 104_231,
          started: '2026-11-22 07:58:21',
          state: 'sleeping',
        })),
      }),
      services: ok({
        services: times(120, (index) => ({
          name: `service-${index}.service`,
          running: true,
          startmode: 'auto',
          cpu: 0,
          mem: 0.1,
          pids: [index],
        })),
      }),
      security: ok({ firewall: { enabled: true }, disk_encryption: { enabled: true } }),
      stability: ok({
        bugchecks_7d: 0,
        unexpected_shutdowns_7d: 0,
        oom_kills: 0,
        clock_synchronised: true,
        reboot_required: false,
      }),
    },
  };
}
