import type { Section } from '@techze/contracts';
import { readSections, type ScoredSection } from './read-sections.js';

const NOW = new Date('2026-11-22T00:00:00Z');
const GB = 1e9;

/** What is read of one section: `CODE[:instance]=value`, and the note. */
function read(name: ScoredSection, data: Record<string, unknown>, others: Record<string, Section> = {}) {
  const section = readSections({ ...others, [name]: { status: 'ok', data } }, NOW).get(name);
  return {
    readings:
      section?.readings.map(
        ({ code, instance, value }) => `${code}${instance === undefined ? '' : `:${instance}`}=${value}`,
      ) ?? [],
    full: section?.readings ?? [],
    note: section?.note ?? null,
  };
}

describe('storage', () => {
  const fs = { fs: 'C:', mount: 'C:', type: 'NTFS', size: 100 * GB, used: 60 * GB, available: 40 * GB, use: 60 };

  it.each([
    ['agreeing figures', {}, '60'],
    ['a higher `use`', { use: 97 }, '97'],
    ['fewer available bytes', { available: 0 }, '100'],
    ['`use` alone', { size: undefined, used: undefined, available: undefined, use: 12.5 }, '12.5'],
    ['byte counts alone', { use: undefined }, '60'],
    ['size and used alone', { use: undefined, available: undefined }, '60'],
  ])('takes the worse view of a file system with %s', (_what, change, value) => {
    expect(read('storage', { fsSize: [{ ...fs, ...change }] }).readings).toEqual([`FS_USED:C:=${value}`]);
  });

  it('holds a full disk below critical only while 5 GB are free', () => {
    const most = (change: object) => read('storage', { fsSize: [{ ...fs, ...change }] }).full[0]?.at_most;
    expect(most({ used: 94 * GB, available: 6 * GB, use: 99 })).toBe(69);
    expect(most({ used: 96 * GB, available: 4 * GB, use: 99 })).toBeUndefined();
    expect(most({ available: undefined, used: 96 * GB, use: 99 })).toBeUndefined();
    expect(most({ size: undefined, used: undefined, available: undefined, use: 99 })).toBe(69);
    expect(most({ size: undefined, used: undefined, available: undefined, use: 100 })).toBeUndefined();
  });

  it('leaves out what is full by nature and what is not of this machine', () => {
    const types = ['squashfs', 'iso9660', 'UDF', 'CDFS', 'nfs4', 'cifs', 'tmpfs'];
    const volumes = ['/System/Volumes/VM', '/System/Volumes/Preboot'];
    const fsSize = [
      ...types.map((type, index) => ({ ...fs, fs: `x${index}`, type, use: 100 })),
      ...volumes.map((mount) => ({ ...fs, fs: mount, mount, use: 100 })),
      { ...fs, fs: '/dev/disk3s5', mount: '/System/Volumes/Data' },
    ];
    expect(read('storage', { fsSize }).readings).toEqual(['FS_USED:/System/Volumes/Data=60']);
  });

  it('counts one device once, however often it is mounted', () => {
    const mounts = ['/etc/hosts', '/', '/var/lib/docker'].map((mount) => ({ ...fs, fs: '/dev/sda1', mount }));
    expect(read('storage', { fsSize: mounts }).readings).toEqual(['FS_USED:/=60']);
  });

  it('counts a ZFS pool once, by its fullest dataset and under its own name', () => {
    const dataset = (name: string, use: number) => ({ fs: name, type: 'zfs', mount: `/${name}`, use });
    const fsSize = [dataset('tank/data', 93), dataset('tank', 4), dataset('tank/vm/a', 50), dataset('pool2', 10)];
    expect(read('storage', { fsSize }).readings).toEqual(['FS_USED:/tank=93', 'FS_USED:/pool2=10']);
  });

  it('takes the hours until a file system is full, and the waits of Windows’ disks', () => {
    const { readings } = read('storage', {
      fsSize: [
        { ...fs, hours_until_full: 30 },
        { ...fs, mount: 'M:', hours_until_full: 6 },
      ],
      disksIO: { read_await_ms: 4, write_await_ms: 26, tWaitPercent: null },
    });
    expect(readings).toEqual(['FS_USED:C:=60', 'FS_FULL_IN:C:=6', 'DISK_AWAIT=26']);
  });

  it('believes the fuller of two views of one device', () => {
    const views = [40, 97, 55].map((use) => ({ fs: '/dev/sda1', mount: `/m${use}`, use }));
    expect(read('storage', { fsSize: views }).readings).toEqual(['FS_USED:/m40=97']);
  });

  it.each([
    ['negative bytes', { used: -1 }],
    ['400 %', { use: 400 }],
    ['a text for a number', { size: '100 GB' }],
    ['more used than there is', { used: 200 * GB }],
    ['a list for a number', { available: [] }],
  ])('knows nothing of a file system with %s, says so, and judges the others', (_what, change) => {
    const { readings, note } = read('storage', {
      fsSize: [
        { ...fs, ...change },
        { ...fs, fs: 'D:', mount: 'D:' },
      ],
    });
    expect(readings).toEqual(['FS_USED:D:=60']);
    expect(note).toMatch(/^Not used: fsSize\[0\]\./);
  });

  it.each([
    ['Ok', 'passed'],
    ['OK', 'passed'],
    ['Predicted Failure', 'failing'],
    ['failing', 'failing'],
    ['Degraded', 'degraded'],
  ])('reads the SMART status “%s” as %s', (smartStatus, status) => {
    expect(read('storage', { diskLayout: [{ serialNum: 'S1', smartStatus }] }).readings).toEqual([
      `SMART_STATUS:S1=${status}`,
    ]);
  });

  it.each(['unknown', 'Unknown', 'not supported', '', 'constructor', null])(
    'learns nothing from the SMART status %p',
    (smartStatus) => {
      expect(read('storage', { diskLayout: [{ serialNum: 'S1', smartStatus }] })).toMatchObject({
        readings: [],
        note: null,
      });
    },
  );

  it.each([
    ['Ok', false, 'failing'],
    ['Predicted Failure', true, 'failing'],
    ['Degraded', true, 'degraded'],
    ['unknown', true, 'passed'],
  ])('believes the worse of “%s” and smartctl’s passed: %p', (smartStatus, passed, status) => {
    const diskLayout = [{ serialNum: 'S1', smartStatus, smartData: { smart_status: { passed } } }];
    expect(read('storage', { diskLayout }).readings).toEqual([`SMART_STATUS:S1=${status}`]);
  });

  it.each([
    [0, 'clean'],
    [4, 'clean'],
    [64, 'errors_logged'],
    [128, 'self_test_failed'],
    [32, 'prefail_past'],
    [16 + 32, 'prefail_now'],
    [8 + 64, 'failing'],
    [1 + 64, 'errors_logged'],
  ])('reads smartctl’s exit status %d as %s', (exit_status, verdict) => {
    const diskLayout = [{ serialNum: 'S1', smartData: { smartctl: { exit_status } } }];
    expect(read('storage', { diskLayout }).readings).toEqual([`SMARTCTL_VERDICT:S1=${verdict}`]);
  });

  it.each([1, 2, 3])('learns nothing where smartctl could not open the disk (exit status %d)', (exit_status) => {
    expect(
      read('storage', { diskLayout: [{ serialNum: 'S1', smartData: { smartctl: { exit_status } } }] }).readings,
    ).toEqual([]);
  });

  it.each([
    [{ value: 100, worst: 100, thresh: 10 }, 'never'],
    [{ value: 100, worst: 10, thresh: 10 }, 'past'],
    [{ value: 9, worst: 9, thresh: 10 }, 'now'],
    [{ value: 1, worst: 1, thresh: 0 }, undefined],
    [{ value: 1, worst: 1 }, undefined],
    [{ value: 9, worst: 9, thresh: 10, when_failed: '' }, 'never'],
  ])('reckons when_failed of %j as %s where smartctl does not say', (attribute, failed) => {
    const smartData = { ata_smart_attributes: { table: [{ id: 3, ...attribute }] } };
    expect(read('storage', { diskLayout: [{ serialNum: 'S1', smartData }] }).readings).toEqual(
      failed === undefined ? [] : [`SMART_WHEN_FAILED:S1=${failed}`],
    );
  });

  it.each([1.5, -1, 2 ** 49, '5', true])('takes no raw value of %p', (value) => {
    const smartData = { ata_smart_attributes: { table: [{ id: 197, when_failed: '', raw: { value } }] } };
    const { readings, note } = read('storage', { diskLayout: [{ serialNum: 'S1', smartData }] });
    expect(readings).toEqual(['SMART_WHEN_FAILED:S1=never']);
    expect(note).toContain('raw.value');
  });

  it.each([
    ['0 0 3', 12_884_901_888, 3],
    ['12884901888', 12_884_901_888, 12_884_901_888],
    ['3 2 1', 7, 7],
    [undefined, 150, 150],
  ])('unpacks command timeouts printed as %p', (string, value, timeouts) => {
    const table = [{ id: 188, when_failed: '', raw: { value, string } }];
    const diskLayout = [{ serialNum: 'S1', smartData: { ata_smart_attributes: { table } } }];
    expect(read('storage', { diskLayout }).readings).toContain(`SMART_188:S1=${timeouts}`);
  });

  it.each([
    [['', '-'], 'never'],
    [['', 'In_the_past'], 'past'],
    [['past', 'FAILING_NOW', ''], 'now'],
    [['now', 'past'], 'now'],
  ])('takes the worst of when_failed %j', (words, worst) => {
    const table = words.map((when_failed, id) => ({ id, when_failed }));
    const diskLayout = [{ serialNum: 'S1', smartData: { ata_smart_attributes: { table } } }];
    expect(read('storage', { diskLayout }).readings).toEqual([`SMART_WHEN_FAILED:S1=${worst}`]);
  });

  it('judges an NVMe disk by its own limits', () => {
    const smartData = {
      nvme_composite_temperature_threshold: { warning: 82, critical: 85 },
      nvme_smart_health_information_log: {
        critical_warning: 0,
        available_spare: 30,
        available_spare_threshold: 25,
        percentage_used: 4,
        media_errors: 1e30,
      },
      temperature: { current: 55 },
    };
    const { readings, full } = read('storage', { diskLayout: [{ serialNum: 'S1', smartData }] });
    expect(readings).toEqual([
      'DISK_TEMPERATURE:S1=55',
      'NVME_CRITICAL_WARNING:S1=0',
      'NVME_PERCENTAGE_USED:S1=4',
      'NVME_MEDIA_ERRORS:S1=1e+30',
      'NVME_AVAILABLE_SPARE:S1=30',
    ]);
    expect(full[0]?.limits).toMatchObject({ leave: 72, warning: 82, critical: 85 });
    expect(full[4]?.limits).toMatchObject({ leave: 35, warning: 25, critical: 24 });
  });

  it('names a disk by serial, else device, else name, else place', () => {
    const temperature = 30;
    const disks = [
      { serialNum: 'S1', device: '/dev/sda', temperature },
      { serialNum: ' ', device: '/dev/sdb', temperature },
      { name: 'X', temperature },
      { temperature },
    ];
    expect(read('storage', { diskLayout: disks }).full.map(({ instance }) => instance)).toEqual([
      'S1',
      '/dev/sdb',
      'X',
      '#3',
    ]);
  });

  it('cleans and bounds the name of an instance', () => {
    const serialNum = `\u0000A\u202e\ud800${'é😀'.repeat(200_000)}`;
    const instance = read('storage', { diskLayout: [{ serialNum, temperature: 30 }] }).full[0]?.instance ?? '';
    expect(instance.startsWith('Aé😀')).toBe(true);
    expect(instance.length).toBeLessThanOrEqual(128);
    expect(instance.isWellFormed()).toBe(true);
  });
});

describe('memory', () => {
  it.each([
    [{ total: 10, available: 1, used: 10 }, ['MEMORY_USED=90']],
    [{ total: 10, active: 5, used: 10 }, ['MEMORY_USED=50']],
    [{ total: 10, used: 7 }, ['MEMORY_USED=70']],
    [{ total: 10, available: 11 }, []],
    [{ total: 0, available: 0 }, []],
    [{ available: 5 }, []],
    [{ swaptotal: 0, swapused: 0 }, []],
    [{ swaptotal: 10, swapused: 9 }, ['SWAP_USED=90']],
    [{ swaptotal: 10, swapused: 11 }, []],
    [{ ecc: { correctable: 3, uncorrectable: 0 } }, ['ECC_CORRECTABLE=3', 'ECC_UNCORRECTABLE=0']],
    [{ ecc: { correctable: 1.5, uncorrectable: -1 } }, []],
    [{ ecc: null }, []],
  ])('reads %j as %j', (data, readings) => {
    expect(read('memory', data).readings).toEqual(readings);
  });
});

describe('cpu and sensors', () => {
  it.each([
    [{ main: 60, max: 70, cores: [90] }, ['CPU_TEMPERATURE=70']],
    [{ main: 0, max: null, cores: [] }, ['CPU_TEMPERATURE=0']],
    [{ main: null, max: null, cores: [50, 'x', 61, 900] }, ['CPU_TEMPERATURE=61']],
    [{ main: null, max: null, cores: [] }, []],
    [{ main: -1, max: 70 }, []],
    [{ main: 60, max: 61_000 }, []],
    [null, []],
  ])('reads the temperature %j as %j', (temperature, readings) => {
    expect(read('cpu', { temperature }).readings).toEqual(readings);
  });

  const ok = (data: Record<string, unknown>): Section => ({ status: 'ok', data });
  const cpuZone = {
    type: 'x86_pkg_temp',
    temperature: 50,
    trip_points: [
      { type: 'passive', temperature: 88 },
      { type: 'critical', temperature: 98 },
    ],
  };

  it('leaves the zone of the processor to the processor', () => {
    expect(read('thermal', { zones: [cpuZone] }).readings).toEqual([]);
  });

  it('reads iowait where the platform counts it, and graphics cards that tell their temperature', () => {
    expect(read('cpu', { iowait: 41.5 }).readings).toEqual(['CPU_IOWAIT=41.5']);
    const controllers = [
      { model: 'GeForce RTX 3080', busAddress: '01:00.0', temperatureGpu: 84 },
      { model: 'UHD 630', temperatureGpu: null },
      { model: 'Odd', temperatureGpu: 6553 },
    ];
    const { readings, note } = read('graphics', { controllers });
    expect(readings).toEqual(['GPU_TEMPERATURE:GeForce RTX 3080 01:00.0=84']);
    expect(note).toContain('controllers[2].temperatureGpu: 6553');
  });

  const thermal = (sensor: object): Record<string, Section> => ({
    thermal: { status: 'ok', data: { sensors: [sensor] } },
  });

  it.each([
    ['passive and the lower of hot and critical', { passive: 90, hot: 105, critical: 100 }, {}, [90, 100]],
    ['critical alone', { critical: 100 }, {}, [90, 100]],
    ['a high point that is not below critical', { high: 100, critical: 100 }, {}, [90, 100]],
    ['passive alone, critical 10 ° above it', { passive: 80 }, {}, [80, 90]],
    ['the zone of the processor', {}, { thermal: ok({ zones: [cpuZone] }) }, [88, 98]],
    ['the sensors of the processor', {}, thermal({ chip: 'coretemp', max: 80, critical: 100 }), [80, 100]],
  ])('takes its limits from %s', (_what, points, others, [warning, critical]: number[]) => {
    const { full } = read('cpu', { temperature: { main: 50, ...points } }, others);
    expect(full[0]?.limits).toMatchObject({ warning, critical });
  });

  it.each([[{}], [{ high: 70 }], [{ critical: 0 }], [{ critical: 255 }], [{ critical: '100' }], [{ hot: 65_261.8 }]])(
    'keeps the defaults where the trip points are %j',
    (points) => {
      expect(
        read('cpu', { temperature: { main: 50, ...points } }, thermal({ chip: 'nvme', critical: 80 })).full[0]?.limits,
      ).toBeUndefined();
    },
  );

  it('judges other sensors by their own limits, never as critical, and leaves out those without', () => {
    const { readings, full } = read('thermal', {
      sensors: [
        { chip: 'nct6775', label: 'AUXTIN1', temperature: 127, critical: 125 },
        { chip: 'nct6775', label: 'SYSTIN', temperature: 35 },
        { chip: 'coretemp', label: 'Core 0', temperature: 99, critical: 100 },
      ],
      zones: [
        {
          zone: 'thermal_zone0',
          type: 'acpitz',
          temperature: 27.8,
          trip_points: [
            { type: 'critical', temperature: 119 },
            { type: 'active', temperature: 50 },
          ],
        },
      ],
    });
    expect(readings).toEqual(['SENSOR_TEMPERATURE:nct6775 AUXTIN1=127', 'SENSOR_TEMPERATURE:acpitz=27.8']);
    expect(full.map(({ at_most }) => at_most)).toEqual([69, 69]);
  });
});

describe('battery', () => {
  const battery = {
    hasBattery: true,
    designedCapacity: 50_000,
    maxCapacity: 40_000,
    cycleCount: 300,
    percent: 60,
    isCharging: false,
    acConnected: true,
  };

  it('says nothing of a machine without one', () => {
    expect(read('battery', { ...battery, hasBattery: false })).toMatchObject({ readings: [], note: null });
    expect(read('battery', { ...battery, hasBattery: 'maybe' })).toMatchObject({
      readings: [],
      note: expect.stringContaining('hasBattery'),
    });
  });

  it.each([
    [{}, ['BATTERY_HEALTH=80', 'BATTERY_CYCLES=300', 'BATTERY_CHARGE=60']],
    [{ maxCapacity: 55_000 }, ['BATTERY_HEALTH=100', 'BATTERY_CYCLES=300', 'BATTERY_CHARGE=60']],
    [{ maxCapacity: 0, cycleCount: null }, ['BATTERY_CHARGE=60']],
    [{ maxCapacity: 5e6 }, ['BATTERY_CYCLES=300', 'BATTERY_CHARGE=60']],
    [{ designedCapacity: null, percent: 101 }, ['BATTERY_CYCLES=300']],
  ])('with %j reads %j', (change, readings) => {
    expect(read('battery', { ...battery, ...change }).readings).toEqual(readings);
  });

  it('minds the charge only while it discharges', () => {
    const most = (change: object) =>
      read('battery', { ...battery, ...change }).full.find(({ code }) => code === 'BATTERY_CHARGE')?.at_most;
    expect(most({ acConnected: true })).toBe(0);
    expect(most({ acConnected: false, isCharging: true })).toBe(0);
    expect(most({ acConnected: false, isCharging: false })).toBeUndefined();
  });

  it('judges every battery by itself', () => {
    const { full } = read('battery', { ...battery, additionalBatteries: [{ designedCapacity: 100, maxCapacity: 40 }] });
    expect(full.map(({ code, instance }) => [code, instance])).toContainEqual(['BATTERY_HEALTH', '2']);
  });
});

describe('network', () => {
  it.each([
    [{ latency_ms: 20.5 }, ['NET_LATENCY=20.5']],
    [{ latency_ms: null, connectivity: null }, []],
    [{ connectivity: true }, ['NET_UNREACHABLE=yes']],
    [{ connectivity: { ok: false, status: 404, ms: null } }, ['NET_UNREACHABLE=no']],
    [{ packet_loss_percent: 7 }, ['NET_PACKET_LOSS=7']],
    [{ packet_loss_percent: 107, latency_ms: -1 }, []],
  ])('reads %j as %j', (data, readings) => {
    expect(read('network', data).readings).toEqual(readings);
  });

  const stats = {
    iface: 'eth0',
    rx_bytes: 79_200_000,
    tx_bytes: 0,
    rx_dropped: 10_000,
    tx_dropped: 0,
    rx_errors: 0,
    tx_errors: 0,
    rx_sec: null,
    tx_sec: null,
  };

  it('rates drops and errors against the packets, and leaves rates alone that the library does not know yet', () => {
    const { full } = read('network', { stats: [stats] });
    expect(full.map(({ code, instance, value }) => [code, instance, value])).toEqual([
      ['NIC_ERRORS', 'eth0', 0],
      ['NIC_DROPS', 'eth0', (10_000 / 110_000) * 100],
    ]);
  });

  it('lets Wi-Fi drop more, and says nothing of interfaces inside the machine', () => {
    const wifi = read('network', { interfaces: [{ iface: 'eth0', type: 'wireless' }], stats: [stats] });
    expect(wifi.full.find(({ code }) => code === 'NIC_DROPS')?.limits?.warning).toBe(10);
    const inside = read('network', {
      interfaces: [{ iface: 'eth0', virtual: true }],
      stats: [stats, { ...stats, iface: 'lo' }],
    });
    expect(inside.readings).toEqual([]);
  });

  it('rates the traffic against the speed of the line', () => {
    const interfaces = [{ iface: 'eth0', speed: 100 }];
    const { readings } = read('network', { interfaces, stats: [{ iface: 'eth0', rx_sec: 11_875_000, tx_sec: 5 }] });
    expect(readings).toEqual(['NIC_UTILISATION:eth0=95']);
  });
});

describe('stability, services and security', () => {
  it('counts services that failed: as they say, or automatic ones that Windows does not run', () => {
    const services = [
      { name: 'nginx', running: false, startmode: 'auto', failed: true },
      { name: 'oneshot', running: false, startmode: 'auto', failed: false },
      { name: 'spooler', running: false, startmode: 'Auto' },
      { name: 'edgeupdate', running: false, startmode: 'Auto' },
      { name: 'manual', running: false, startmode: 'Manual' },
      { name: 'fine', running: true, startmode: 'Auto' },
    ];
    const { full } = read('services', { services });
    expect(full).toEqual([{ code: 'SERVICE_FAILED', value: 2, detail: 'nginx, spooler' }]);
    expect(read('stability', { failed_units: ['a.service', 'b.mount', 'c', 'd'] }).full).toEqual([
      { code: 'SERVICE_FAILED', value: 4, detail: 'a.service, b.mount, c (+1)' },
    ]);
    expect(read('services', { services: [] }).readings).toEqual([]);
  });

  it('observes nothing where nobody says what should run, as launchd does not', () => {
    const services = [{ name: 'com.apple.a', running: false, startmode: 'launchd', exit_status: 1 }];
    expect(read('services', { services })).toMatchObject({ readings: [], note: null });
  });

  it('gives a clock 17 minutes after boot to find its server', () => {
    const clock = (uptime: number) =>
      read('stability', { clock_synchronised: false, uptime }).full.find(({ code }) => code === 'CLOCK_UNSYNCHRONISED');
    expect(clock(1020)?.at_most).toBe(0);
    expect(clock(1021)?.at_most).toBeUndefined();
  });

  it.each([
    [{ stability_index: 2.5, bugchecks_7d: 1 }, ['STABILITY_INDEX=2.5', 'BUGCHECKS=1']],
    [{ stability_index: 11, bugchecks_7d: -1 }, []],
    [
      { reboot_required: true, clock_synchronised: false, clock_offset_seconds: -90 },
      ['REBOOT_REQUIRED=yes', 'CLOCK_UNSYNCHRONISED=no', 'CLOCK_SKEW=90'],
    ],
    [{ reboot_required: null, oom_kills: null, failed_units: null, uptime: 60 }, ['UPTIME=60']],
  ])('reads stability %j as %j', (data, readings) => {
    expect(read('stability', data).readings).toEqual(readings);
  });

  it.each([
    [{ firewall: { enabled: false, product: 'ufw' } }, ['FIREWALL=off']],
    [{ firewall: [{ enabled: true }, { enabled: false }] }, ['FIREWALL=partly_off']],
    [{ firewall: [{ enabled: true }, { enabled: 'yes' }] }, []],
    [{ firewall: [], encryption: null, antivirus: [] }, []],
    [{ encryption: { root: true } }, ['DISK_ENCRYPTION=on']],
    [{ antivirus: [{ enabled: false }, { enabled: true, up_to_date: true }] }, ['ANTIVIRUS=on']],
    [{ antivirus: [{ enabled: true, up_to_date: false }] }, ['ANTIVIRUS=outdated']],
    [{ antivirus: [{ enabled: false, up_to_date: true }] }, ['ANTIVIRUS=off']],
  ])('reads security %j as %j', (data, readings) => {
    expect(read('security', data).readings).toEqual(readings);
  });

  it('counts the days of support that are left', () => {
    const os = { distro: 'Microsoft Windows 10 Pro', release: '10.0.19045', build: '19045', codename: '22H2' };
    expect(read('os', os).full).toEqual([
      {
        code: 'OS_SUPPORT',
        value: -404,
        detail: 'Microsoft Windows 10 Pro 22H2, 2025-10-14',
        source: 'learn.microsoft.com/lifecycle',
      },
    ]);
    expect(read('os', { distro: 'Gentoo', release: '2.17' }).readings).toEqual([]);
  });
});

it('keeps a note short, however much is wrong', () => {
  const { note } = read('storage', { fsSize: Array.from({ length: 10_000 }, () => ({ use: 'x'.repeat(1000) })) });
  expect(note).toContain('and 9995 more');
  expect(note?.length).toBeLessThan(600);
});

it('reads own members only', () => {
  const data = JSON.parse('{"__proto__": {"currentLoad": 99}, "constructor": {"currentLoad": 99}}') as Record<
    string,
    unknown
  >;
  expect(read('cpu', data).readings).toEqual([]);
  expect(
    readSections(
      JSON.parse('{"__proto__": {"cpu": {"status": "ok", "data": {"currentLoad": 99}}}}') as Record<string, Section>,
      NOW,
    ).size,
  ).toBe(0);
});
