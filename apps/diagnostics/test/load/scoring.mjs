// `npm run bench:scoring`: what one verdict costs in processor time. Needs `npm run build`.
import { readEvidence, scoreDiagnostic, scoreEvidence } from '../../../../dist/apps/diagnostics/src/scoring/index.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const GB = 1e9;
const ok = (data) => ({ status: 'ok', data });
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

const attribute = (id) => ({
  id,
  name: `Attribute_${id}`,
  value: 100,
  worst: 100,
  thresh: 10,
  when_failed: '',
  flags: { value: 51, string: 'PO--CK', prefailure: true, updated_online: true },
  raw: { value: id === 197 ? 3 : 0, string: '0' },
});
const ataIds = [
  1, 3, 4, 5, 7, 9, 10, 11, 12, 183, 184, 187, 188, 189, 190, 191, 192, 193, 194, 195, 196, 197, 198, 199,
];

/** A machine as an agent with root sees it, with every section. */
const machineOf = ({ cores, fileSystems, disks, sensors, adapters, services }) => ({
  os: ok({ platform: 'linux', distro: 'Ubuntu', release: '22.04.5 LTS', kernel: '6.8.0', uptime: 864_000 }),
  system: ok({ manufacturer: 'Dell Inc.', model: 'PowerEdge T150', serial: 'ABC1234', bios: { vendor: 'Dell' } }),
  cpu: ok({
    brand: 'Xeon',
    currentLoad: 34.2,
    avgLoad: 0.8,
    cpus: times(cores, () => ({ load: 30, loadUser: 20, loadSystem: 10 })),
    temperature: { main: 61, max: 66, cores: times(cores / 2, (core) => 55 + (core % 8)), high: 90, critical: 100 },
  }),
  memory: ok({
    total: 64 * GB,
    available: 20 * GB,
    used: 60 * GB,
    active: 44 * GB,
    swaptotal: 8 * GB,
    swapused: 2 * GB,
    ecc: { correctable: 2, uncorrectable: 0 },
    layout: times(4, (bank) => ({ size: 16 * GB, bank: `BANK ${bank}`, type: 'DDR4', ecc: true })),
  }),
  storage: ok({
    fsSize: times(fileSystems, (index) => ({
      fs: `/dev/mapper/vg-${index}`,
      type: 'ext4',
      size: 500 * GB,
      used: (300 + 10 * index) * GB,
      available: (200 - 10 * index) * GB,
      use: 60 + 2 * index,
      mount: `/srv/${index}`,
      rw: true,
    })),
    diskLayout: times(disks, (index) => ({
      device: `/dev/sd${index}`,
      type: 'HD',
      name: 'ST4000NM000A',
      serialNum: `ZC1${index}ABCDE`,
      smartStatus: 'Ok',
      temperature: 38 + index,
      smartData: {
        smartctl: { version: [7, 3], exit_status: 0 },
        smart_status: { passed: true },
        ata_smart_attributes: { revision: 10, table: ataIds.map(attribute) },
        temperature: { current: 38 + index },
        power_on_time: { hours: 22_000 },
      },
    })),
    disksIO: { tWaitPercent: 12.5 },
  }),
  battery: { status: 'unavailable', error: 'no battery in this machine', data: { hasBattery: false } },
  thermal: ok({
    sensors: times(sensors, (index) => ({ name: `nct6775 TEMP${index}`, temperature: 40, high: 80, critical: 100 })),
    fans: times(6, (index) => ({ name: `fan${index}`, rpm: 1200 })),
  }),
  network: ok({
    interfaces: times(adapters, (index) => ({ iface: `eno${index}`, speed: 1000, type: 'wired', operstate: 'up' })),
    stats: times(adapters, (index) => ({
      iface: `eno${index}`,
      rx_bytes: 8e12,
      tx_bytes: 2e12,
      rx_dropped: 12,
      tx_dropped: 0,
      rx_errors: 0,
      tx_errors: 0,
      rx_sec: 1e6,
      tx_sec: 1e5,
    })),
    latency_ms: 14.2,
    connectivity: true,
  }),
  graphics: ok({ controllers: [{ model: 'Matrox G200', busAddress: '03:00.0' }], displays: [] }),
  processes: ok({
    all: 412,
    blocked: 1,
    list: times(50, (pid) => ({ pid, name: 'postgres', cpu: 1.2, mem: 0.4, memRss: 1e5, state: 'sleeping' })),
  }),
  services: ok({
    total: services,
    services: times(services, (index) => ({
      name: `service-${index}`,
      running: true,
      state: 'active',
      failed: false,
      startmode: 'enabled',
    })),
  }),
  security: ok({
    firewall: [{ profile: 'ufw', enabled: true }],
    encryption: [{ volume: '/', encrypted: false }],
    secure_boot: true,
  }),
  stability: ok({ oom_kills: 0, reboot_required: false, clock_synchronised: true, failed_units: [] }),
});
const laptop = machineOf({ cores: 8, fileSystems: 4, disks: 1, sensors: 8, adapters: 2, services: 150 });
const server = machineOf({ cores: 32, fileSystems: 20, disks: 8, sensors: 30, adapters: 6, services: 300 });

/** As much as a hostile 8 MiB body holds. */
const manyDisks = {
  storage: ok({
    diskLayout: times(10_000, (index) => ({
      serialNum: `S${index}`,
      smartStatus: 'Predicted Failure',
      temperature: 40 + (index % 50),
      smartData: { ata_smart_attributes: { table: [{ id: 197, when_failed: 'now', raw: { value: index } }] } },
    })),
  }),
};

/** Processor time of one call in microseconds; each sample is long enough for the clock. */
function microsOf(call, callsPerSample, samples) {
  const micros = times(samples, () => {
    const started = process.cpuUsage();
    for (let i = 0; i < callsPerSample; i++) call();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / callsPerSample;
  });
  micros.sort((a, b) => a - b);
  return { median: micros[Math.floor(samples / 2)], least: micros[0] };
}

function report(what, call, callsPerSample, samples) {
  microsOf(call, callsPerSample, 5);
  const { median, least } = microsOf(call, callsPerSample, samples);
  console.log(`${what.padEnd(52)} ${[median, least].map((micros) => micros.toFixed(1).padStart(10)).join('')}`);
}

const kilobytes = (sections) => `${Math.round(JSON.stringify(sections).length / 1000)} kB`;
const policy = new Map([['FS_USED', { levels: { warning: 85, critical: 95 }, source: 'tenant' }]]);
console.log(
  `${`processor time of one call in µs, Node ${process.version}`.padEnd(52)} ${'median'.padStart(10)}${'least'.padStart(10)}`,
);
for (const [name, machine] of Object.entries({ laptop, server })) {
  const evidence = readEvidence(machine, NOW);
  report(`${name}, ${kilobytes(machine)}: read and judge`, () => scoreDiagnostic(machine, NOW), 100, 51);
  report('  of which reading', () => readEvidence(machine, NOW), 100, 51);
  report('  of which judging, under a policy', () => scoreEvidence(evidence, policy), 100, 51);
}
report(`10,000 disks, ${kilobytes(manyDisks)}: read and judge`, () => scoreDiagnostic(manyDisks, NOW), 1, 31);
