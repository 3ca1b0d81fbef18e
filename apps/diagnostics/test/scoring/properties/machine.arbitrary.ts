import type { Section } from '@techze/contracts';
import fc from 'fast-check';

/** Collected sections of one machine, typed loosely: what matters is that they are possible. */
export type Sections = Record<string, Section>;
type Data = Record<string, unknown>;

const ok = (data: Data): Section => ({ status: 'ok', data });
const percent = fc.double({ min: 0, max: 100, noNaN: true });
const count = fc.oneof(fc.nat(3), fc.nat(50), fc.nat(100_000));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

const fileSystem = fc
  .record({
    index: fc.nat(5),
    size: fc.integer({ min: 1e9, max: 4e12 }),
    usedRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    hours: optional(fc.integer({ min: 0, max: 100 })),
  })
  .map(({ index, size, usedRatio, hours }) => {
    const used = Math.floor(size * usedRatio);
    return {
      fs: `/dev/sd${index}`,
      mount: `/m${index}`,
      type: 'ext4',
      size,
      used,
      available: size - used,
      use: usedRatio * 100,
      hours_until_full: hours,
    };
  });

const attribute = fc.record({
  id: fc.constantFrom(5, 9, 10, 11, 183, 184, 187, 188, 189, 194, 196, 197, 198, 199),
  when_failed: fc.constantFrom('', '', '', 'past', 'now'),
  raw: fc.record({ value: count }),
});

const disk = fc.record({
  serialNum: fc.constantFrom('A', 'B', 'C', ''),
  smartStatus: fc.constantFrom('Ok', 'OK', 'Degraded', 'Predicted Failure', 'unknown', 'not supported'),
  temperature: optional(fc.integer({ min: 0, max: 90 })),
  smartData: optional(
    fc.record({
      smart_status: fc.record({ passed: fc.boolean() }),
      ata_smart_attributes: fc.record({ table: fc.uniqueArray(attribute, { selector: ({ id }) => id, maxLength: 4 }) }),
      nvme_smart_health_information_log: optional(
        fc.record({
          critical_warning: fc.constantFrom(0, 0, 1, 4),
          percentage_used: fc.nat(255),
          available_spare: fc.nat(100),
          available_spare_threshold: fc.constant(10),
          media_errors: count,
        }),
      ),
    }),
  ),
});

const memory = fc
  .record({
    total: fc.integer({ min: 1e9, max: 1e12 }),
    free: fc.double({ min: 0, max: 1, noNaN: true }),
    swap: percent,
    ecc: fc.tuple(count, count),
  })
  .map(({ total, free, swap, ecc }) => ({
    total,
    available: Math.floor(total * free),
    swaptotal: 1e9,
    swapused: swap * 1e7,
    ecc: { correctable: ecc[0], uncorrectable: ecc[1] > 40 ? ecc[1] : 0 },
  }));

const battery = fc.record({
  hasBattery: fc.constantFrom(true, true, true, false),
  designedCapacity: fc.constant(50_000),
  maxCapacity: fc.integer({ min: 5_000, max: 60_000 }),
  cycleCount: fc.nat(3000),
  percent,
  isCharging: fc.constant(false),
  acConnected: fc.boolean(),
});

const data = {
  storage: fc.record({
    fsSize: fc.array(fileSystem, { maxLength: 3 }),
    diskLayout: fc.array(disk, { maxLength: 2 }),
    disksIO: optional(
      fc.record({
        tWaitPercent: fc.double({ min: 0, max: 300, noNaN: true }),
        read_await_ms: fc.nat(600),
        write_await_ms: fc.nat(600),
      }),
    ),
  }),
  memory,
  cpu: fc.record({
    currentLoad: optional(percent),
    iowait: optional(percent),
    avgLoad: optional(fc.double({ min: 0, max: 8, noNaN: true })),
    temperature: fc.record({
      main: optional(fc.integer({ min: 0, max: 120 })),
      max: optional(fc.integer({ min: 0, max: 120 })),
    }),
  }),
  battery,
  network: fc.record({
    latency_ms: optional(fc.integer({ min: 0, max: 10_000 })),
    packet_loss_percent: optional(percent),
    connectivity: optional(fc.boolean()),
    stats: fc.array(
      fc.record({
        iface: fc.constantFrom('eth0', 'eth1'),
        rx_bytes: fc.nat(1e9),
        tx_bytes: fc.nat(1e9),
        rx_dropped: count,
        rx_errors: count,
      }),
      { maxLength: 2 },
    ),
  }),
  stability: fc.record({
    stability_index: optional(fc.integer({ min: 1, max: 10 })),
    bugchecks_7d: optional(count),
    hardware_errors_7d: optional(count),
    disk_errors_7d: optional(count),
    oom_kills: optional(count),
    clock_synchronised: optional(fc.boolean()),
    clock_offset_seconds: optional(fc.integer({ min: -5000, max: 5000 })),
    unexpected_shutdowns_7d: optional(count),
    crashes_7d: optional(count),
    reboot_required: optional(fc.boolean()),
    uptime: optional(fc.nat(5000)),
  }),
  security: fc.record({
    firewall: optional(fc.record({ enabled: fc.boolean() })),
    antivirus: optional(fc.array(fc.record({ enabled: fc.boolean(), up_to_date: fc.boolean() }), { maxLength: 2 })),
    encryption: optional(fc.record({ root: fc.boolean() })),
  }),
  os: fc.record({
    distro: fc.constantFrom('Microsoft Windows 10 Pro', 'Microsoft Windows 11 Pro', 'Ubuntu', 'Gentoo'),
    release: fc.constantFrom('22.04.5 LTS', '10.0.19045', '20.04'),
    build: fc.constantFrom('19045', '26200', ''),
    uptime: optional(fc.nat(1e8)),
  }),
  services: fc.record({
    services: fc.array(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c'),
        running: fc.boolean(),
        startmode: fc.constantFrom('Auto', 'Manual'),
      }),
      {
        maxLength: 5,
      },
    ),
  }),
  processes: fc.record({ blocked: optional(fc.nat(100)) }),
  thermal: fc.record({
    sensors: fc.array(
      fc.record({
        name: fc.constantFrom('nct6775 SYSTIN', 'acpitz', 'nvme Composite'),
        temperature: fc.integer({ min: 10, max: 130 }),
        high: fc.constantFrom(null, 70, 85),
        critical: fc.constantFrom(null, 90, 105),
      }),
      { maxLength: 3 },
    ),
  }),
  graphics: fc.record({
    controllers: fc.array(
      fc.record({
        model: fc.constantFrom('RTX 3060', 'UHD 630'),
        temperatureGpu: optional(fc.integer({ min: 20, max: 115 })),
      }),
      { maxLength: 2 },
    ),
  }),
} satisfies Record<string, fc.Arbitrary<Data>>;

const sections = Object.fromEntries(
  Object.entries(data).map(([name, arbitrary]) => [name, (arbitrary as fc.Arbitrary<Data>).map(ok)]),
);

/** A machine whose every value is possible, with all of its sections. */
export const wholeMachine: fc.Arbitrary<Sections> = fc.record(sections);

const bits = fc.tuple(fc.nat(2 ** 20), fc.nat(2 ** 20)).map(([a, b]) => a & b);
const names = Object.keys(data);
const only = (whole: Sections, kept: (name: string, index: number) => boolean): Sections =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => kept(name, names.indexOf(name))));

/** With some of its sections, as few as none: a quarter of them, so that very many cases cost little. */
export const machine: fc.Arbitrary<Sections> = fc
  .tuple(wholeMachine, bits)
  .map(([whole, mask]) => only(whole, (_name, index) => (mask & (1 << index)) !== 0));

/** The same, and these in any case. */
export const machineWith = (...wanted: readonly string[]): fc.Arbitrary<Sections> =>
  fc
    .tuple(wholeMachine, bits)
    .map(([whole, mask]) => only(whole, (name, index) => wanted.includes(name) || (mask & (1 << index)) !== 0));

/** These and no others. */
export const onlyOf = (...wanted: readonly string[]): fc.Arbitrary<Sections> =>
  fc.record(Object.fromEntries(wanted.map((name) => [name, sections[name] ?? fc.constant(ok({}))])));
